"""A vector of 8 int64 as a Numba type, to look up and line up places and rows, with the LLVM that it takes.

As with simd.py the same source runs everywhere: AVX-512 has an instruction for most of it, elsewhere LLVM takes eight.
The minimum and the maximum of two single numbers are here too: Python's would be compiled as functions of their own.
Nothing here checks bounds. Comparisons give masks: 8 truth values, which go nowhere but into other operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

from kotovec.kernels.simd import element, external, shuffle

N = 8
_I1, _I8, _I32, _I64 = (ir.IntType(bits) for bits in (1, 8, 32, 64))
_VECTOR = ir.VectorType(_I64, N)
_MASK = ir.VectorType(_I1, N)


class _Int64x8(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="int64x8")


class _Mask8(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="mask8")


int64x8, mask8 = _Int64x8(), _Mask8()


@register_model(_Int64x8)
class _Int64x8Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _VECTOR)


@register_model(_Mask8)
class _Mask8Model(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _MASK)


def _spread(builder: Any, scalar: Any) -> Any:
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    return shuffle(builder, builder.insert_element(undefined, scalar, _I32(0)), undefined, [0] * N)


def _at_any(builder: Any, address: Any, vector: Any) -> Any:
    return builder.bitcast(address, vector.as_pointer())


@intrinsic
def spread(typing_context: Any, scalar: Any) -> Any:
    """The same int64 in all lanes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _spread(builder, args[0])

    return int64x8(types.int64), codegen


@intrinsic
def steps(typing_context: Any, first: Any, step: Any) -> Any:
    """The numbers first, first + step, first + 2 * step, ..."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        counted = ir.Constant(_VECTOR, list(range(N)))
        return builder.add(_spread(builder, args[0]), builder.mul(counted, _spread(builder, args[1])))

    return int64x8(types.int64, types.int64), codegen


@intrinsic
def load(typing_context: Any, array: Any, offset: Any) -> Any:
    """The 8 elements of an int64 array at offset."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_at_any(builder, element(context, builder, signature.args[0], *args), _VECTOR))
        value.align = 8
        return value

    return int64x8(array, types.int64), codegen


@intrinsic
def store(typing_context: Any, array: Any, offset: Any, value: Any) -> Any:
    """Write 8 elements of an int64 array at offset."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = element(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], _at_any(builder, address, _VECTOR)).align = 8
        return context.get_dummy_value()

    return types.void(array, types.int64, int64x8), codegen


@intrinsic
def store_pairs(typing_context: Any, array: Any, offset: Any, a: Any, b: Any) -> Any:
    """Write a's first number, b's first one, a's second one and so on: 16 elements at offset."""
    both = ir.VectorType(_I64, 2 * N)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = element(context, builder, signature.args[0], args[0], args[1])
        pairs = shuffle(builder, args[2], args[3], [i // 2 + N * (i % 2) for i in range(2 * N)])
        builder.store(pairs, _at_any(builder, address, both)).align = 8
        return context.get_dummy_value()

    return types.void(array, types.int64, int64x8, int64x8), codegen


@intrinsic
def gather(typing_context: Any, array: Any, places: Any) -> Any:
    """The elements of an int64 or int32 array at these places."""
    width = 64 if array.dtype == types.int64 else 32
    narrow, name = ir.VectorType(ir.IntType(width), N), f"llvm.masked.gather.v{N}i{width}.v{N}p0"

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = builder.ptrtoint(element(context, builder, signature.args[0], args[0], _I64(0)), _I64)
        distances = builder.mul(args[1], _spread(builder, _I64(width // 8)))
        pointers = ir.VectorType(ir.IntType(width).as_pointer(), N)
        addresses = builder.inttoptr(builder.add(_spread(builder, start), distances), pointers)
        look_up = external(builder, name, narrow, [addresses.type, _I32, _MASK, narrow])
        everywhere = ir.Constant(_MASK, [1] * N)
        values = builder.call(look_up, [addresses, _I32(width // 8), everywhere, ir.Constant(narrow, ir.Undefined)])
        return values if width == 64 else builder.sext(values, _VECTOR)

    return int64x8(array, int64x8), codegen


def _lane_by_lane(result: Any, argument: Any, emit: Callable[[Any, Any, Any], Any], *, single: bool = False) -> Any:
    """An operation on two vectors or masks; if `single`, on two int64 as well."""

    @intrinsic
    def operation(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return emit(builder, *args)

        if single and a is not argument:
            return types.int64(types.int64, types.int64), codegen
        return result(argument, argument), codegen

    return operation


add = _lane_by_lane(int64x8, int64x8, lambda builder, a, b: builder.add(a, b))
sub = _lane_by_lane(int64x8, int64x8, lambda builder, a, b: builder.sub(a, b))
minimum = _lane_by_lane(
    int64x8, int64x8, lambda builder, a, b: builder.select(builder.icmp_signed("<", a, b), a, b), single=True
)
maximum = _lane_by_lane(
    int64x8, int64x8, lambda builder, a, b: builder.select(builder.icmp_signed(">", a, b), a, b), single=True
)
less = _lane_by_lane(mask8, int64x8, lambda builder, a, b: builder.icmp_signed("<", a, b))
equal = _lane_by_lane(mask8, int64x8, lambda builder, a, b: builder.icmp_signed("==", a, b))
both = _lane_by_lane(mask8, mask8, lambda builder, a, b: builder.and_(a, b))


@intrinsic
def halve(typing_context: Any, a: Any) -> Any:
    """Half of each number, rounded down."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ashr(args[0], _spread(builder, _I64(1)))

    return int64x8(int64x8), codegen


@intrinsic
def select(typing_context: Any, mask: Any, a: Any, b: Any) -> Any:
    """In each lane a's number where the mask is true, else b's."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return int64x8(mask8, int64x8, int64x8), codegen


@intrinsic
def count(typing_context: Any, mask: Any) -> Any:
    """How many lanes of a mask are true, int64."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        population = external(builder, "llvm.ctpop.i8", _I8, [_I8])
        return builder.zext(builder.call(population, [builder.bitcast(args[0], _I8)]), _I64)

    return types.int64(mask8), codegen


@intrinsic
def compress(typing_context: Any, mask: Any, a: Any) -> Any:
    """The numbers where the mask is true, one behind the other, and then zeros."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        together = external(builder, f"llvm.experimental.vector.compress.v{N}i64", _VECTOR, [_VECTOR, _MASK, _VECTOR])
        return builder.call(together, [args[1], args[0], ir.Constant(_VECTOR, None)])

    return int64x8(mask8, int64x8), codegen


__all__ = [
    "N",
    "add",
    "both",
    "compress",
    "count",
    "equal",
    "gather",
    "halve",
    "int64x8",
    "less",
    "load",
    "mask8",
    "maximum",
    "minimum",
    "select",
    "spread",
    "steps",
    "store",
    "store_pairs",
    "sub",
]
