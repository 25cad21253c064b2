"""A vector of 16 float32 as a Numba type, and the few operations that the kernels need.

LLVM lowers <16 x float> to one AVX-512 register, two AVX2 registers or four NEON registers, so the same source
runs everywhere. Several vectors travel as a plain tuple (a "block"), which LLVM keeps in registers.

What could go wrong: nothing here checks bounds. Offsets count float32 elements from the start of a 1-d, C-contiguous
array whose first element lies at a multiple of 64 bytes, and are themselves multiples of 16 unless said otherwise;
a wrong offset reads or overwrites other memory. Callers range-check word ids before they become offsets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

LANES = 16
_I8 = ir.IntType(8)
_I32 = ir.IntType(32)
_F32 = ir.FloatType()
_VECTOR = ir.VectorType(_F32, LANES)


class _Float32x16(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="float32x16")


float32x16 = _Float32x16()


@register_model(_Float32x16)
class _Float32x16Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _VECTOR)


def element(context: Any, builder: Any, array_type: Any, array: Any, offset: Any) -> Any:
    if isinstance(array_type, types.CPointer):
        return builder.gep(array, [offset])
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [offset])


def _load(builder: Any, address: Any) -> Any:
    value = builder.load(builder.bitcast(address, _VECTOR.as_pointer()))
    value.align = 64
    return value


def _store(builder: Any, value: Any, address: Any) -> None:
    builder.store(value, builder.bitcast(address, _VECTOR.as_pointer())).align = 64


def shuffle(builder: Any, a: Any, b: Any, lanes: Sequence[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, len(lanes)), [_I32(i) for i in lanes]))


def _broadcast(builder: Any, scalar: Any) -> Any:
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    return shuffle(builder, builder.insert_element(undefined, scalar, _I32(0)), undefined, [0] * LANES)


def external(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    known = builder.module.globals.get(name)
    return known or ir.Function(builder.module, ir.FunctionType(result, arguments), name)


def _fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    return builder.call(external(builder, "llvm.fma.v16f32", _VECTOR, [_VECTOR] * 3), [a, b, c])


def _parts(builder: Any, block: Any, count: int) -> list[Any]:
    return [builder.extract_value(block, i) for i in range(count)]


def _block(count: int) -> Any:
    return types.UniTuple(float32x16, count)


@intrinsic
def load(typing_context: Any, array: Any, offset: Any) -> Any:
    """The 16 floats at offset."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _load(builder, element(context, builder, signature.args[0], *args))

    return float32x16(array, types.int64), codegen


@intrinsic
def store(typing_context: Any, array: Any, offset: Any, value: Any) -> Any:
    """Write 16 floats at offset."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        _store(builder, args[2], element(context, builder, signature.args[0], args[0], args[1]))
        return context.get_dummy_value()

    return types.void(array, types.int64, float32x16), codegen


@intrinsic
def broadcast(typing_context: Any, scalar: Any) -> Any:
    """The same float32 in all lanes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _broadcast(builder, args[0])

    return float32x16(types.float32), codegen


@intrinsic
def label_behind(typing_context: Any, rows: Any, like: Any) -> Any:
    """With the lanes shared out among len(rows) rows: 1 in lane len(like) of each row, 0 in the others."""
    slots, column = LANES // len(rows), len(like)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(_VECTOR, [float(i % slots == column) for i in range(LANES)])

    return float32x16(rows, like), codegen


@intrinsic
def fma(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """The sum a * b + c, rounded once."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _fma(builder, *args)

    return float32x16(float32x16, float32x16, float32x16), codegen


def _lane_by_lane(emit: Callable[[Any, Any, Any], Any]) -> Any:
    @intrinsic
    def operation(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return emit(builder, *args)

        return float32x16(float32x16, float32x16), codegen

    return operation


add = _lane_by_lane(lambda builder, a, b: builder.fadd(a, b))
sub = _lane_by_lane(lambda builder, a, b: builder.fsub(a, b))
mul = _lane_by_lane(lambda builder, a, b: builder.fmul(a, b))
div = _lane_by_lane(lambda builder, a, b: builder.fdiv(a, b))
minimum = _lane_by_lane(lambda builder, a, b: builder.select(builder.fcmp_ordered("<", a, b), a, b))
maximum = _lane_by_lane(lambda builder, a, b: builder.select(builder.fcmp_ordered(">", a, b), a, b))


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
def load_rows(typing_context: Any, array: Any, rows: Any, offset: Any) -> Any:
    """A block: from each row (a tuple of offsets) the 16 floats at row + offset."""
    n = len(rows)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = element(context, builder, signature.args[0], args[0], args[2])
        values = [_load(builder, builder.gep(start, [row])) for row in _parts(builder, args[1], n)]
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
    return _write_rows(array, rows, block, _store)


@intrinsic
def add_rows(typing_context: Any, array: Any, rows: Any, offset: Any, block: Any) -> Any:
    """Add each vector of the block to what is at its row + offset, one after the other: rows may be equal."""

    def add(builder: Any, value: Any, address: Any) -> None:
        _store(builder, builder.fadd(_load(builder, address), value), address)

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

    return xs(xs, float32x16), codegen


@intrinsic
def load_scalars(typing_context: Any, array: Any, first: Any, like: Any) -> Any:
    """A block of array[first], array[first + 1], ..., each float32 in all lanes, as long as `like`. Any first."""
    n = len(like)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = element(context, builder, signature.args[0], args[0], args[1])
        values = [_broadcast(builder, builder.load(builder.gep(address, [_I32(i)]))) for i in range(n)]
        return context.make_tuple(builder, signature.return_type, values)

    return _block(n)(array, types.int64, like), codegen


@intrinsic
def fma_outer(typing_context: Any, xs: Any, ys: Any, sums: Any) -> Any:
    """The sums[i * len(ys) + j] + xs[i] * ys[j], for all i and j, lane by lane."""
    n, m = len(xs), len(ys)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y, s = _parts(builder, args[0], n), _parts(builder, args[1], m), _parts(builder, args[2], n * m)
        values = [_fma(builder, x[i], y[j], s[i * m + j]) for i in range(n) for j in range(m)]
        return context.make_tuple(builder, signature.return_type, values)

    return sums(xs, ys, sums), codegen


@intrinsic
def fma_own(typing_context: Any, xs: Any, ys: Any, sums: Any) -> Any:
    """The sums[i] + xs[i] * y, for all i, lane by lane; the ys are shared out among the xs in order."""
    n, m = len(xs), len(ys)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y, s = _parts(builder, args[0], n), _parts(builder, args[1], m), _parts(builder, args[2], n)
        values = [_fma(builder, x[i], y[i * m // n], s[i]) for i in range(n)]
        return context.make_tuple(builder, signature.return_type, values)

    return sums(xs, ys, sums), codegen


@intrinsic
def append_own(typing_context: Any, sums: Any, own: Any) -> Any:
    """Rows of products, each with its own one more at its end."""
    n = len(own)
    per_row = len(sums) // n
    result = _block(len(sums) + n)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows, last = _parts(builder, args[0], n * per_row), _parts(builder, args[1], n)
        values = [v for i in range(n) for v in (*rows[i * per_row : (i + 1) * per_row], last[i])]
        return context.make_tuple(builder, signature.return_type, values)

    return result(sums, own), codegen


@intrinsic
def fma_each(typing_context: Any, gs: Any, x: Any, sums: Any) -> Any:
    """The sums[j] + gs[j] * x, for all j, lane by lane."""
    n = len(gs)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        g, s = _parts(builder, args[0], n), _parts(builder, args[2], n)
        return context.make_tuple(
            builder, signature.return_type, [_fma(builder, g[j], args[1], s[j]) for j in range(n)]
        )

    return sums(gs, float32x16, sums), codegen


@intrinsic
def fma_sum(typing_context: Any, gs: Any, ys: Any, start: Any) -> Any:
    """The sum start + gs[0] * ys[0] + gs[1] * ys[1] + ..., lane by lane."""
    n = len(gs)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        total = args[2]
        for g, y in zip(_parts(builder, args[0], n), _parts(builder, args[1], n), strict=True):
            total = _fma(builder, g, y, total)
        return total

    return float32x16(gs, ys, float32x16), codegen


def _fold(builder: Any, x: Any, y: Any, group: int) -> Any:
    """Of groups of `group` lanes (None: all zero), x's halves summed stay low, y's halves summed stay high."""
    if x is None and y is None:
        return None
    zero = ir.Constant(_VECTOR, [0.0] * LANES)
    x, y = zero if x is None else x, zero if y is None else y
    half = group // 2
    stay = [i if i % group < half else LANES + i for i in range(LANES)]
    move = [i + half if i % group < half else LANES + i - half for i in range(LANES)]
    return builder.fadd(shuffle(builder, x, y, stay), shuffle(builder, x, y, move))


def _sums_by_slot(builder: Any, rows: list[list[Any]]) -> Any:
    """Lane i * (16 / len(rows)) + j is the sum of the 16 lanes of vector j in row i; the other lanes are 0.

    A tree of blends, shuffles and adds: 15 folds at most for 16 sums, against 64 operations for 16 reductions.
    Lanes come out in bit-reversed order, so the vectors go in in that order.
    """
    vectors: list[Any] = [None] * LANES
    for i, row in enumerate(rows):
        for j, vector in enumerate(row):
            vectors[int(f"{LANES // len(rows) * i + j:04b}"[::-1], 2)] = vector
    group = LANES
    while group > 1:
        vectors = [_fold(builder, vectors[i], vectors[i + 1], group) for i in range(0, len(vectors), 2)]
        group //= 2
    return vectors[0]


@intrinsic
def store_sums(typing_context: Any, array: Any, offset: Any, block: Any, rows: Any, abreast: Any) -> Any:
    """Write the sums of the 16 lanes of each vector of a block of len(rows) rows, that of column j in row i at
    offset + i * slots + j, where slots = 16 / len(abreast): so many rows share a vector. The other slots become 0.
    """
    n_rows, per_vector = len(rows), len(abreast)
    columns = len(block) // n_rows

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = element(context, builder, signature.args[0], args[0], args[1])
        parts = _parts(builder, args[2], len(block))
        by_row = [parts[i * columns : (i + 1) * columns] for i in range(n_rows)]
        for i in range(0, n_rows, per_vector):
            sums = _sums_by_slot(builder, by_row[i : i + per_vector])
            _store(builder, sums, builder.gep(start, [_I32(i // per_vector * LANES)]))
        return context.get_dummy_value()

    return types.void(array, types.int64, block, rows, abreast), codegen


@intrinsic
def prefetch_for_write(typing_context: Any, array: Any, offset: Any, like: Any) -> Any:
    """Ask for the cache lines from array[offset] on, as many as `like` has, to be written soon.

    Any offset, even outside: it cannot fail.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        first = element(context, builder, signature.args[0], args[0], args[1])
        call = external(builder, "llvm.prefetch.p0", ir.VoidType(), [_I8.as_pointer(), _I32, _I32, _I32])
        for line in range(len(like)):
            address = builder.bitcast(builder.gep(first, [_I32(line * LANES)]), _I8.as_pointer())
            builder.call(call, [address, _I32(1), _I32(3), _I32(1)])
        return context.get_dummy_value()

    return types.void(array, types.int64, like), codegen


__all__ = [
    "LANES",
    "add",
    "add_each",
    "add_rows",
    "append_own",
    "broadcast",
    "div",
    "float32x16",
    "fma",
    "fma_each",
    "fma_outer",
    "fma_own",
    "fma_sum",
    "half_as_many",
    "label_behind",
    "load",
    "load_rows",
    "load_scalars",
    "maximum",
    "minimum",
    "mul",
    "offsets",
    "prefetch_for_write",
    "scale_each",
    "store",
    "store_rows",
    "store_sums",
    "sub",
    "width",
    "zero_products",
]
assert cgutils  # registers Numba's code generation helpers
