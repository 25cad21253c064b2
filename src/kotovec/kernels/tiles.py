"""Several vectors at once, for products and updates of a few rows: a plain tuple, which LLVM keeps in registers.

A tuple of vectors is a block. A plain tuple of zeros, or of offsets, tells by its length how many of something there
are, since compiled code must know that. What simd.py says of bounds and offsets is true of all that is here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from operator import itemgetter
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from kotovec.kernels.registers import LANES
from kotovec.kernels.simd import VECTOR, element, emit_broadcast, emit_fma, emit_load, emit_store, float32s, shuffle

_I32 = ir.IntType(32)


def _parts(builder: Any, block: Any, count: int) -> list[Any]:
    return [builder.extract_value(block, i) for i in range(count)]


def _block(count: int) -> Any:
    return types.UniTuple(float32s, count)


@intrinsic
def zero_products(typing_context: Any, rows: Any, columns: Any) -> Any:
    """A block of len(rows) * len(columns) zero vectors, to sum products in."""
    result = _block(len(rows) * len(columns))

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.get_constant_null(result)

    return result(rows, columns), codegen


@intrinsic(prefer_literal=True)
def width(typing_context: Any, count: Any) -> Any:
    """A tuple of `count` zeros (a compile-time constant): what it holds is of no use, its length is."""
    result = types.UniTuple(types.int64, count.literal_value)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.get_constant_null(result)

    return result(count), codegen


@intrinsic
def half_as_many(typing_context: Any, like: Any) -> Any:
    """A tuple of zeros half as long as `like`, at least one."""
    result = types.UniTuple(types.int64, max(len(like) // 2, 1))

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.get_constant_null(result)

    return result(like), codegen


@intrinsic
def offsets(typing_context: Any, array: Any, first: Any, like: Any) -> Any:
    """The int64 elements from first on, as a tuple as long as `like`."""
    n = len(like)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = element(context, builder, signature.args[0], args[0], args[1])
        values = [builder.load(builder.gep(address, [_I32(i)])) for i in range(n)]
        return context.make_tuple(builder, signature.return_type, values)

    return types.UniTuple(types.int64, n)(array, types.int64, like), codegen


@intrinsic
def in_columns(typing_context: Any, rows: Any, columns: Any) -> Any:
    """All rows, moved by the first of the columns (both tuples of offsets), then all moved by the second and so on."""
    n, m = len(columns), len(rows)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        places, moves = _parts(builder, args[0], m), _parts(builder, args[1], n)
        values = [builder.add(place, move) for move in moves for place in places]
        return context.make_tuple(builder, signature.return_type, values)

    return types.UniTuple(types.int64, n * m)(rows, columns), codegen


@intrinsic
def load_rows(typing_context: Any, array: Any, rows: Any, offset: Any) -> Any:
    """A block: from each row (a tuple of offsets) the vector at row + offset."""
    n = len(rows)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = element(context, builder, signature.args[0], args[0], args[2])
        values = [emit_load(builder, builder.gep(start, [row])) for row in _parts(builder, args[1], n)]
        return context.make_tuple(builder, signature.return_type, values)

    return _block(n)(array, rows, types.int64), codegen


def _write_rows(array: Any, rows: Any, block: Any, write: Callable[[Any, Any, Any], None]) -> Any:
    """An intrinsic's signature and code: write(builder, vector, address) for each row of a block, in order."""
    n = len(rows)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = element(context, builder, signature.args[0], args[0], args[2])
        for row, value in zip(_parts(builder, args[1], n), _parts(builder, args[3], n), strict=True):
            write(builder, value, builder.gep(start, [row]))
        return context.get_dummy_value()

    return types.void(array, rows, types.int64, block), codegen


@intrinsic
def store_rows(typing_context: Any, array: Any, rows: Any, offset: Any, block: Any) -> Any:
    """Write each vector of the block at its row + offset, in order: of two equal rows the last one stays."""
    return _write_rows(array, rows, block, emit_store)


@intrinsic
def add_rows(typing_context: Any, array: Any, rows: Any, offset: Any, block: Any) -> Any:
    """Add each vector of the block to what is at its row + offset, one after the other: rows may be equal."""

    def add(builder: Any, value: Any, address: Any) -> None:
        emit_store(builder, builder.fadd(emit_load(builder, address), value), address)

    return _write_rows(array, rows, block, add)


@intrinsic
def add_each(typing_context: Any, xs: Any, ys: Any) -> Any:
    """The sums xs[i] + ys[i] of two blocks of equal length, lane by lane."""
    n = len(xs)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pairs = zip(_parts(builder, args[0], n), _parts(builder, args[1], n), strict=True)
        return context.make_tuple(builder, signature.return_type, [builder.fadd(x, y) for x, y in pairs])

    return xs(xs, ys), codegen


@intrinsic
def scale_each(typing_context: Any, xs: Any, factor: Any) -> Any:
    """The products xs[i] * factor, lane by lane."""
    n = len(xs)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        values = [builder.fmul(x, args[1]) for x in _parts(builder, args[0], n)]
        return context.make_tuple(builder, signature.return_type, values)

    return xs(xs, float32s), codegen


@intrinsic
def load_scalars(typing_context: Any, array: Any, first: Any, like: Any) -> Any:
    """A block of array[first], array[first + 1], ..., each float32 in all lanes, as long as `like`. Any first."""
    n = len(like)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = element(context, builder, signature.args[0], args[0], args[1])
        values = [emit_broadcast(builder, builder.load(builder.gep(address, [_I32(i)]))) for i in range(n)]
        return context.make_tuple(builder, signature.return_type, values)

    return _block(n)(array, types.int64, like), codegen


@intrinsic
def fma_outer(typing_context: Any, xs: Any, ys: Any, sums: Any) -> Any:
    """The sums[i * len(ys) + j] + xs[i] * ys[j], for all i and j, lane by lane."""
    n, m = len(xs), len(ys)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y, s = _parts(builder, args[0], n), _parts(builder, args[1], m), _parts(builder, args[2], n * m)
        for j in range(m):  # y by y, so that LLVM loads one when it is needed and has registers for all sums
            for i in range(n):
                s[i * m + j] = emit_fma(builder, x[i], y[j], s[i * m + j])
        return context.make_tuple(builder, signature.return_type, s)

    return sums(xs, ys, sums), codegen


@intrinsic
def fma_rows(
    typing_context: Any, xs: Any, x_rows: Any, ys: Any, y_rows: Any, own_rows: Any, offset: Any, sums: Any
) -> Any:
    """The sums of x * y, lane by lane, for the vectors x of xs at x_rows + offset and y of ys at y_rows + offset: the
    first x with each y, the second x with each y and so on; and behind its y's each x with its own one, if own_rows,
    which are shared out among the x_rows in order, is not None.

    The fewer vectors stay in registers and the others come in turn, so that most registers are left for the sums.
    """
    n, m = len(x_rows), len(y_rows)
    width, n_own = len(sums) // n, 0 if own_rows is types.none else len(own_rows)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        @cache
        def loaded(array: int, rows: int, i: int) -> Any:
            start = element(context, builder, signature.args[array], args[array], args[5])
            return emit_load(builder, builder.gep(start, [builder.extract_value(args[rows], i)]))

        values = _parts(builder, args[6], n * width)
        for i, j in sorted(product(range(n), range(width)), key=itemgetter(1 if n <= m else 0)):
            y = loaded(2, 3, j) if j < m else loaded(2, 4, i * n_own // n)
            values[i * width + j] = emit_fma(builder, loaded(0, 1, i), y, values[i * width + j])
        return context.make_tuple(builder, signature.return_type, values)

    return sums(xs, x_rows, ys, y_rows, own_rows, types.int64, sums), codegen


@intrinsic
def fma_each(typing_context: Any, g: Any, xs: Any, ys: Any) -> Any:
    """The sums g * xs[i] + ys[i], for all i, lane by lane."""
    n = len(xs)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pairs = zip(_parts(builder, args[1], n), _parts(builder, args[2], n), strict=True)
        return context.make_tuple(builder, signature.return_type, [emit_fma(builder, args[0], x, y) for x, y in pairs])

    return xs(float32s, xs, ys), codegen


@intrinsic
def fma_both(typing_context: Any, array: Any, first: Any, xs: Any, ys: Any, sums: Any, totals: Any) -> Any:
    """Two blocks, of n columns c with m vectors j each, where g[j] = array[first + j] in all lanes (any first):
    sums[c * m + j] + g[j] * xs[c], and totals[c] + g[0] * ys[c * m] + g[1] * ys[c * m + 1] + ...

    Each g is loaded where it is used: all of them at once would take registers from the sums.
    """
    n, m = len(xs), len(ys) // len(xs)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = element(context, builder, signature.args[0], args[0], args[1])
        x, y, s, t = (_parts(builder, args[2 + i], count) for i, count in enumerate((n, n * m, n * m, n)))
        for j in range(m):
            g = emit_broadcast(builder, builder.load(builder.gep(address, [_I32(j)])))
            for c in range(n):
                t[c] = emit_fma(builder, g, y[c * m + j], t[c])
                s[c * m + j] = emit_fma(builder, g, x[c], s[c * m + j])
        blocks = [context.make_tuple(builder, block, values) for block, values in ((sums, s), (totals, t))]
        return context.make_tuple(builder, signature.return_type, blocks)

    return types.Tuple((sums, totals))(array, types.int64, xs, ys, sums, totals), codegen


@intrinsic
def label_behind(typing_context: Any, rows: Any, like: Any) -> Any:
    """With the lanes shared out among len(rows) rows: 1 in lane len(like) of each row, 0 in the others."""
    slots, column = LANES // len(rows), len(like)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(VECTOR, [float(i % slots == column) for i in range(LANES)])

    return float32s(rows, like), codegen


def _fold(builder: Any, x: Any, y: Any, group: int) -> Any:
    """Of groups of `group` lanes (None: all zero), x's halves summed stay low, y's halves summed stay high."""
    if x is None and y is None:
        return None
    zero = ir.Constant(VECTOR, [0.0] * LANES)
    x, y = zero if x is None else x, zero if y is None else y
    half = group // 2
    stay = [i if i % group < half else LANES + i for i in range(LANES)]
    move = [i + half if i % group < half else LANES + i - half for i in range(LANES)]
    return builder.fadd(shuffle(builder, x, y, stay), shuffle(builder, x, y, move))


def _sums_by_slot(builder: Any, rows: list[list[Any]]) -> Any:
    """Lane i * (LANES / len(rows)) + j is the sum of the lanes of vector j in row i; the other lanes are 0.

    A tree of blends, shuffles and adds: 15 folds at most for 16 sums, against 64 operations for 16 reductions.
    Lanes come out in bit-reversed order, so the vectors go in in that order.
    """
    vectors: list[Any] = [None] * LANES
    n_bits = LANES.bit_length() - 1
    for i, row in enumerate(rows):
        for j, vector in enumerate(row):
            vectors[int(f"{LANES // len(rows) * i + j:0{n_bits}b}"[::-1], 2)] = vector
    group = LANES
    while group > 1:
        vectors = [_fold(builder, vectors[i], vectors[i + 1], group) for i in range(0, len(vectors), 2)]
        group //= 2
    return vectors[0]


@intrinsic
def store_sums(typing_context: Any, array: Any, offset: Any, block: Any, rows: Any, abreast: Any) -> Any:
    """Write the sums of the lanes of each vector of a block of len(rows) rows, that of column j in row i at
    offset + i * slots + j, where slots = LANES / len(abreast): so many rows share a vector. The other slots become 0.
    """
    n_rows, per_vector = len(rows), len(abreast)
    columns = len(block) // n_rows

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = element(context, builder, signature.args[0], args[0], args[1])
        parts = _parts(builder, args[2], len(block))
        by_row = [parts[i * columns : (i + 1) * columns] for i in range(n_rows)]
        for i in range(0, n_rows, per_vector):
            sums = _sums_by_slot(builder, by_row[i : i + per_vector])
            emit_store(builder, sums, builder.gep(start, [_I32(i // per_vector * LANES)]))
        return context.get_dummy_value()

    return types.void(array, types.int64, block, rows, abreast), codegen


__all__ = [
    "add_each",
    "add_rows",
    "fma_both",
    "fma_each",
    "fma_outer",
    "fma_rows",
    "half_as_many",
    "in_columns",
    "label_behind",
    "load_rows",
    "load_scalars",
    "offsets",
    "scale_each",
    "store_rows",
    "store_sums",
    "width",
    "zero_products",
]
