"""The learning rate and the tiling of the corpus into chunks."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from kotovec.kernels.state import CENTRES, PER_OWNER
from kotovec.training.config import TrainConfig
from kotovec.training.schedule import LARGEST_PART, SMALLEST_PART, Schedule

LENGTHS = [1, 2, 63, 64, 65, 1023, 1024, 1025, 70_000, 1_234_567]


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("threads", [1, 2, 3, 64])
@pytest.mark.parametrize("n_positions", LENGTHS)
def test_chunks_tile_the_corpus(n_positions: int, threads: int, architecture: str) -> None:
    schedule = Schedule(TrainConfig(architecture=architecture, threads=threads), n_positions)
    in_order = list(schedule.chunks(0))
    chunks = sorted(in_order, key=lambda chunk: chunk.start)
    assert chunks[0].start == 0
    assert chunks[-1].stop == n_positions
    assert [chunk.stop for chunk in chunks[:-1]] == [chunk.start for chunk in chunks[1:]]
    assert all(chunk.start < chunk.stop for chunk in chunks)
    assert len({chunk.number for chunk in chunks}) == len(chunks)
    assert threads > 1 or [chunk.number for chunk in in_order] == list(range(len(chunks)))
    assert threads > 1 or in_order == chunks


@pytest.mark.parametrize("threads", [2, 3, 64])
def test_the_last_chunk_of_each_thread_comes_part_by_part(threads: int) -> None:
    schedule = Schedule(TrainConfig(threads=threads), 20_000_000)
    chunks = list(schedule.chunks(1))
    n_whole = schedule.chunks_per_epoch - threads
    assert schedule.parts_per_chunk == 8 and n_whole > 0
    assert chunks[:n_whole] == [schedule.chunk(1, number) for number in range(n_whole)]
    cut, parts = [schedule.chunk(1, n_whole + number) for number in range(threads)], chunks[n_whole:]
    assert max(part.stop - part.start for part in parts) == schedule.part_size
    assert [part.start for part in parts] == [n for c in cut for n in range(c.start, c.stop, schedule.part_size)]
    assert (parts[0].alpha_start, parts[-1].alpha_stop) == pytest.approx((cut[0].alpha_start, cut[-1].alpha_stop))
    falling = [(part.alpha_start, part.alpha_stop) for part in parts]
    assert [then for _, then in falling[:-1]] == pytest.approx([now for now, _ in falling[1:]], rel=1e-9)


@pytest.mark.parametrize("threads", [2, 8])
def test_threads_work_on_far_parts_of_the_text(threads: int) -> None:
    schedule = Schedule(TrainConfig(threads=threads), 10_000_000)
    numbers = [schedule.chunk(0, number).number for number in range(schedule.chunks_per_epoch)]
    at_once = zip(*(numbers[n:] for n in range(threads)), strict=False)
    apart = [min(abs(a - b) for a, b in combinations(chunks, 2)) for chunks in at_once]
    assert np.mean(np.array(apart) * schedule.parts_per_chunk >= 24) > 0.85


@pytest.mark.parametrize("n_positions", LENGTHS)
def test_alpha_falls_in_a_straight_line_over_all_epochs(n_positions: int) -> None:
    config = TrainConfig(alpha=0.05, min_alpha=0.001, epochs=3)
    schedule = Schedule(config, n_positions)
    chunks = [chunk for epoch in range(3) for chunk in schedule.chunks(epoch)]
    at = np.array([[c.epoch * n_positions + c.start, c.epoch * n_positions + c.stop] for c in chunks])
    expected = 0.05 + (0.001 - 0.05) * at / (3 * n_positions)
    np.testing.assert_allclose([[c.alpha_start, c.alpha_stop] for c in chunks], expected, rtol=1e-12)
    assert schedule.alpha(0, 0) == 0.05
    assert schedule.alpha(2, n_positions) == pytest.approx(0.001)


def test_alpha_may_rise_and_may_stay() -> None:
    rising = Schedule(TrainConfig(alpha=0.01, min_alpha=0.03, epochs=1), 100)
    assert [rising.alpha(0, position) for position in (0, 50, 100)] == pytest.approx([0.01, 0.02, 0.03])
    level = Schedule(TrainConfig(alpha=0.02, min_alpha=0.02, epochs=4), 100)
    assert {level.alpha(epoch, 30) for epoch in range(4)} == {0.02}


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_the_learning_rate_does_not_depend_on_the_number_of_threads(architecture: str) -> None:
    few, many = (Schedule(TrainConfig(architecture=architecture, threads=n), 500_000) for n in (1, 16))
    assert few.chunk_size == many.chunk_size
    rates = [
        [(s.chunk(1, n).alpha_start, s.chunk(1, n).alpha_stop) for n in range(s.chunks_per_epoch)] for s in (few, many)
    ]
    assert rates[0] == rates[1]


@pytest.mark.parametrize(
    "settings",
    [{}, {"vector_size": 4096, "negative": 64, "window": 100}, {"vector_size": 1, "negative": 1, "window": 1}],
)
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_parts_are_neither_too_small_nor_too_large(settings: dict[str, int], architecture: str) -> None:
    schedule = Schedule(TrainConfig(architecture=architecture, **settings), 10**9)
    assert SMALLEST_PART <= schedule.part_size <= LARGEST_PART
    assert schedule.parts_per_chunk == (1 if settings.get("vector_size") == 4096 else 8)  # where a part takes long
    assert schedule.chunk_size == schedule.parts_per_chunk * schedule.part_size
    assert schedule.margin >= settings.get("window", 5)
    assert 1 <= schedule.centres_per_block <= CENTRES


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_a_part_has_as_many_words_where_vectors_are_long_for_rows_are_exchanged_in_each(architecture: str) -> None:
    configs = {n: TrainConfig(architecture=architecture, vector_size=n) for n in (100, 300, 512, 1024, 4096)}
    of = {n: Schedule(config, 10**8) for n, config in configs.items()}
    sizes = {n: schedule.part_size for n, schedule in of.items()}
    assert sizes[100] == pytest.approx(3 * sizes[300], rel=0.01)
    assert sizes[300] == sizes[512] == sizes[1024] > 1.5 * sizes[4096]
    assert [schedule.parts_per_chunk for schedule in of.values()] == [8, 8, 4, 2, 1]  # so a chunk takes equal time


def test_few_words_of_a_window_share_noise_words() -> None:
    schedule = Schedule(TrainConfig(window=5), 10**6)
    assert PER_OWNER * schedule.owners_per_set / schedule.centres_per_block <= 2


@pytest.mark.parametrize(
    "settings, n_centres, n_sets",
    [
        ({"architecture": "cbow"}, 800, 100),
        ({"architecture": "cbow", "window": 100, "vector_size": 1000}, 800, 800),
        ({"window": 5}, 800, 800 * 6 // 16),
        ({"window": 5, "shrink_windows": False}, 800, 800 * 10 // 16),
        ({}, 1, 1),
        ({"architecture": "cbow"}, 1, 1),
    ],
)
def test_sets_are_counted_by_the_rows_of_so_many_centres(settings: dict[str, Any], n_centres: int, n_sets: int) -> None:
    assert Schedule(TrainConfig(**settings), 10**6).sets_for(n_centres) == n_sets


@pytest.mark.parametrize("n_positions", [200_000, 1_000_000, 3_000_000, 20_000_000])
def test_any_corpus_is_shared_out_in_many_chunks(n_positions: int) -> None:
    assert Schedule(TrainConfig(), n_positions).chunks_per_epoch >= 64


@pytest.mark.parametrize("n_positions, n_parts", [(1000, 1), (200_000, 1), (1_000_000, 2), (20_000_000, 8)])
def test_the_longer_a_corpus_the_more_parts_has_a_chunk(n_positions: int, n_parts: int) -> None:
    schedule = Schedule(TrainConfig(), n_positions)
    assert schedule.parts_per_chunk == n_parts
    assert schedule.parts_per_epoch == -(-n_positions // schedule.part_size)
