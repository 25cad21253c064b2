"""The arguments of training kernels: machine code sees what Python passed, and Python passes nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import types
from numba.core.errors import TypingError

from kernel_case import SPAN
from kotovec.kernels.arguments import SIGNATURE, Arguments, arguments_at
from kotovec.kernels.jit import inline, kernel
from kotovec.kernels.memory import aligned_zeros
from kotovec.kernels.state import MEASURES, Model, new_scratch
from kotovec.kernels.tables import tables

FIRST_KEY = 2**63 + 5


@inline
def sum_up(scratch, span, ids, n_ids):
    for i in range(n_ids):
        scratch.measures[4] += ids[i]
    scratch.measures[5] = span.private_outputs


@kernel(SIGNATURE)
def tell(address):
    model, tables, scratch, span, ids, n_ids = arguments_at(address)
    scratch.measures[0] = model.inputs[3] + 100 * model.outputs[0] + 10000 * model.n_words
    scratch.measures[1] = tables.n_thinned + 100 * tables.keep[0]
    scratch.measures[2] = span.alpha_start + 10 * span.shrink + 100 * span.mean
    scratch.measures[3] = span.key % np.uint64(1000)
    sum_up(scratch, span, ids, n_ids)
    scratch.targets[0] = span.n_workers
    scratch.lefts[1] = span.window


def parts() -> dict[str, Any]:
    inputs, outputs = np.arange(32, dtype=np.float32), np.full(32, 0.5, np.float32)
    return {
        "model": Model(inputs, outputs, row_size=16, pitch=16, n_words=2, input_step=16, output_step=16),
        "tables": tables(np.array([6, 4]), sample=0.1, ns_exponent=0.75),
        "scratch": new_scratch(window=2, negative=3, row_size=16, positions=9),
        "span": SPAN._replace(key=FIRST_KEY, alpha_start=0.25, shrink=True, mean=False, private_outputs=-48),
        "ids": np.array([1, -1, 2, 40], np.int32),
    }


def test_machine_code_sees_the_fields_of_every_tuple_and_the_ids() -> None:
    given = parts()
    tell(Arguments(**given).address)
    measures, thinning = given["scratch"].measures, given["tables"]
    assert len(measures) == MEASURES
    np.testing.assert_allclose(measures[0], 3 + 100 * 0.5 + 10000 * 2)
    np.testing.assert_allclose(measures[1], thinning.n_thinned + 100.0 * thinning.keep[0])
    np.testing.assert_allclose(measures[2], 0.25 + 10)
    assert list(measures[3:]) == [FIRST_KEY % 1000, 42, -48]
    assert given["scratch"].targets[0] == 1
    assert list(given["scratch"].lefts[:3]) == [0, SPAN.window, 0]


def test_another_span_changes_nothing_else() -> None:
    given = parts()
    arguments = Arguments(**given)
    arguments.set_span(given["span"]._replace(alpha_start=0.5, shrink=False, mean=True, key=7))
    tell(arguments.address)
    np.testing.assert_allclose(given["scratch"].measures[2:4], [0.5 + 100, 7])
    fresh = Arguments(**given | {"span": given["span"]._replace(alpha_start=0.5, shrink=False, mean=True, key=7)})
    np.testing.assert_array_equal(arguments.block, fresh.block)


def test_arrays_live_as_long_as_their_addresses() -> None:
    arguments = Arguments(**parts())
    tell(arguments.address)  # `parts` has returned


def with_field(name: str, field: str, value: Any) -> dict[str, Any]:
    given = parts()
    return given | {name: given[name]._replace(**{field: value})}


def read_only(array: Any) -> Any:
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "given, name",
    [
        (parts() | {"ids": np.zeros(3, np.int64)}, "ids"),
        (parts() | {"ids": np.zeros(6, np.int32)[::2]}, "ids"),
        (with_field("model", "inputs", np.zeros(32)), "inputs"),
        (with_field("model", "outputs", np.zeros((16, 4), np.float32)[:, 1]), "outputs"),
        (with_field("model", "outputs", read_only(aligned_zeros(32))), "outputs"),
        (with_field("scratch", "lefts", np.zeros(9, np.int64)), "lefts"),
        (with_field("model", "n_words", 2.0), "float"),
        (with_field("span", "window", 2.5), "another type"),
        (with_field("span", "key", -1), "another type"),
        (with_field("span", "alpha_start", None), "another type"),
        (with_field("span", "shrink", None), "another type"),
    ],
)  # fmt: skip
def test_a_field_of_another_type_is_refused(given: dict[str, Any], name: str) -> None:
    with pytest.raises(TypeError, match=name):
        Arguments(**given)


def test_ids_may_be_read_only() -> None:
    given = parts()
    tell(Arguments(**given | {"ids": read_only(given["ids"])}).address)
    assert given["scratch"].measures[4] == 42


def test_a_field_that_is_none_does_not_compile() -> None:
    with pytest.raises(TypingError, match="colour"):

        @kernel(types.void(types.int64))
        def colour(address):
            span = arguments_at(address)[3]
            return span.colour
