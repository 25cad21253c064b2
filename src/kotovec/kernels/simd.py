"""A vector of LANES float32 as a Numba type, and the few operations that the kernels need.

It has 16 or 8 numbers, as many as fill a register of AVX-512 or AVX; LLVM makes two registers of NEON of it, or of
SSE, so the same source runs everywhere. tiles.py has what is done with several vectors at once.

What could go wrong: nothing here checks bounds. Offsets count float32 elements from the start of a 1-d, C-contiguous
array whose first element lies at a multiple of a vector's bytes, and are themselves multiples of LANES unless said
otherwise; a wrong offset reads or overwrites other memory. Callers range-check word ids before they become offsets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from kotovec.kernels.registers import LANES

LINE = 16  # floats in a cache line
_I8 = ir.IntType(8)
_I32 = ir.IntType(32)
_F32 = ir.FloatType()
VECTOR = ir.VectorType(_F32, LANES)


class _Float32s(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name="float32s")


float32s = _Float32s()


@register_model(_Float32s)
class _Float32sModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, VECTOR)


def element(context: Any, builder: Any, array_type: Any, array: Any, offset: Any) -> Any:
    if isinstance(array_type, types.CPointer):
        return builder.gep(array, [offset])
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [offset])


def emit_load(builder: Any, address: Any) -> Any:
    value = builder.load(builder.bitcast(address, VECTOR.as_pointer()))
    value.align = 4 * LANES
    return value


def emit_store(builder: Any, value: Any, address: Any) -> None:
    builder.store(value, builder.bitcast(address, VECTOR.as_pointer())).align = 4 * LANES


def shuffle(builder: Any, a: Any, b: Any, lanes: Sequence[int]) -> Any:
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_I32, len(lanes)), [_I32(i) for i in lanes]))


def emit_broadcast(builder: Any, scalar: Any) -> Any:
    undefined = ir.Constant(VECTOR, ir.Undefined)
    return shuffle(builder, builder.insert_element(undefined, scalar, _I32(0)), undefined, [0] * LANES)


def external(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    known = builder.module.globals.get(name)
    return known or ir.Function(builder.module, ir.FunctionType(result, arguments), name)


def emit_fma(builder: Any, a: Any, b: Any, c: Any) -> Any:
    return builder.call(external(builder, f"llvm.fma.v{LANES}f32", VECTOR, [VECTOR] * 3), [a, b, c])


@intrinsic
def load(typing_context: Any, array: Any, offset: Any) -> Any:
    """The vector at offset."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return emit_load(builder, element(context, builder, signature.args[0], *args))

    return float32s(array, types.int64), codegen


@intrinsic
def store(typing_context: Any, array: Any, offset: Any, value: Any) -> Any:
    """Write a vector at offset."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        emit_store(builder, args[2], element(context, builder, signature.args[0], args[0], args[1]))
        return context.get_dummy_value()

    return types.void(array, types.int64, float32s), codegen


@intrinsic
def broadcast(typing_context: Any, scalar: Any) -> Any:
    """The same float32 in all lanes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return emit_broadcast(builder, args[0])

    return float32s(types.float32), codegen


@intrinsic
def fma(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """The sum a * b + c, rounded once."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return emit_fma(builder, *args)

    return float32s(float32s, float32s, float32s), codegen


def _lane_by_lane(emit: Callable[[Any, Any, Any], Any]) -> Any:
    @intrinsic
    def operation(typing_context: Any, a: Any, b: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return emit(builder, *args)

        return float32s(float32s, float32s), codegen

    return operation


add = _lane_by_lane(lambda builder, a, b: builder.fadd(a, b))
sub = _lane_by_lane(lambda builder, a, b: builder.fsub(a, b))
mul = _lane_by_lane(lambda builder, a, b: builder.fmul(a, b))
div = _lane_by_lane(lambda builder, a, b: builder.fdiv(a, b))
minimum = _lane_by_lane(lambda builder, a, b: builder.select(builder.fcmp_ordered("<", a, b), a, b))
maximum = _lane_by_lane(lambda builder, a, b: builder.select(builder.fcmp_ordered(">", a, b), a, b))


@intrinsic
def prefetch(typing_context: Any, array: Any, offset: Any, like: Any) -> Any:
    """Ask for the cache lines from array[offset] on, as many as `like` has, to be brought into the L2 cache.

    Not into L1: AMD's Zen 4 has room for 24 lines on their way there, and a burst of a hundred blocks what comes next
    (skip-gram and CBOW on English text take 7 to 16 % longer; on Intel's Sapphire Rapids the same either way).
    Any array, any offset, even outside: it cannot fail.
    """

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        first = builder.bitcast(element(context, builder, signature.args[0], args[0], args[1]), _I8.as_pointer())
        call = external(builder, "llvm.prefetch.p0", ir.VoidType(), [_I8.as_pointer(), _I32, _I32, _I32])
        for line in range(len(like)):
            address = builder.gep(first, [_I32(4 * LINE * line)])
            builder.call(call, [address, _I32(0), _I32(2), _I32(1)])  # to read, into L2, data
        return context.get_dummy_value()

    return types.void(array, types.int64, like), codegen


__all__ = [
    "LINE",
    "add",
    "broadcast",
    "div",
    "float32s",
    "fma",
    "load",
    "maximum",
    "minimum",
    "mul",
    "prefetch",
    "store",
    "sub",
]
assert cgutils  # registers Numba's code generation helpers
