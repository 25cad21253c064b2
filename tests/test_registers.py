"""The shape of the registers of processors that this machine may not be."""

from __future__ import annotations

import pytest

from kotovec.kernels import registers, state
from kotovec.kernels.registers import registers_of

AVX, AVX_512 = "+sse4.2,+avx,+avx2,+fma", "+avx,+avx2,+avx512f,+fma"


@pytest.mark.parametrize(
    "features, machine, expected",
    [
        (AVX_512, "x86_64", (16, 32)),
        (AVX, "x86_64", (8, 16)),
        (AVX + ",-avx512f", "AMD64", (8, 16)),
        ("+sse2,-avx,-avx2", "AMD64", (8, 8)),
        ("", "x86_64", (8, 8)),
        ("+neon,+fp-armv8", "aarch64", (8, 16)),
        ("", "arm64", (8, 16)),
    ],
)
def test_the_registers_follow_from_what_the_processor_has(
    features: str, machine: str, expected: tuple[int, int]
) -> None:
    assert registers_of(features, machine) == expected


@pytest.mark.parametrize(
    "lanes, vectors, tiles, abreast",
    [
        (16, 32, {2: 4, 3: 4, 6: 4, 7: 2, 8: 2}, {2: 4, 4: 4, 5: 2, 8: 2}),
        (8, 16, {2: 4, 3: 4, 4: 2, 6: 2}, {2: 4, 3: 2, 4: 2, 5: 1, 6: 1}),
        (8, 8, {2: 2, 3: 1, 6: 1}, {2: 2, 3: 1, 6: 1}),
    ],
)
def test_sums_of_a_tile_stay_in_registers_and_their_scores_in_lanes(
    lanes: int, vectors: int, tiles: dict[int, int], abreast: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "LANES", lanes)
    monkeypatch.setattr(state, "VECTORS", vectors)
    assert {width: state.rows_per_tile.__wrapped__(width) for width in tiles} == tiles
    monkeypatch.setattr(state, "rows_per_tile", state.rows_per_tile.__wrapped__)
    assert {width: state.rows_abreast(width) for width in abreast} == abreast
    assert lanes >= max(width * rows for width, rows in abreast.items())


def test_this_machine_has_registers() -> None:
    assert (registers.LANES, registers.VECTORS) in {(16, 32), (8, 16), (8, 8)}
