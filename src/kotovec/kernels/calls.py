"""Calls of what is compiled apart from the training kernels (apart.py), by addresses in a worker's block of arguments.

Each takes the block's address first, by which it finds model, tables, scratch and span.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from kotovec.kernels.arguments import CALLS_PLACE

_WORD = ir.IntType(64)
_INT = types.int64
SIGNATURES = {  # in the order of their addresses
    "begin_part": types.void(_INT, _INT, _INT, _INT),
    "exchange_hottest": types.void(_INT),
    "draw_batch": types.uint64(_INT, _INT, _INT, types.uint64),
    "correct": types.void(*[_INT] * 9),
}


def _call(name: str) -> Any:
    """The signature of a call, and its code."""
    which = list(SIGNATURES).index(name)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = builder.gep(builder.inttoptr(args[0], _WORD.as_pointer()), [_WORD(CALLS_PLACE + which)])
        nothing = signature.return_type == types.void
        function = ir.FunctionType(ir.VoidType() if nothing else _WORD, [_WORD] * len(args))
        result = builder.call(builder.inttoptr(builder.load(place), function.as_pointer()), args)
        return context.get_dummy_value() if nothing else result

    return SIGNATURES[name], codegen


@intrinsic
def begin_part(typing_context: Any, address: Any, start: Any, stop: Any, number: Any) -> Any:
    """Draw the tokens of positions start to stop - 1, which are part `number` of the span, and exchange private rows.

    scratch.part has the state of the random stream, which goes on, and gets what was drawn.
    """
    return _call("begin_part")


@intrinsic
def exchange_hottest(typing_context: Any, address: Any) -> Any:
    """Exchange the private rows that are exchanged several times in a part."""
    return _call("exchange_hottest")


@intrinsic
def draw_batch(typing_context: Any, address: Any, half: Any, stride: Any, point: Any) -> Any:
    """Draw noise words for BATCH sets into one half of scratch.negatives; gives the next point."""
    return _call("draw_batch")


@intrinsic
def correct(
    typing_context: Any,
    address: Any,
    first: Any,
    n_owners: Any,
    per_owner: Any,
    slots: Any,
    narrow: Any,
    repeats: Any,
    copies: Any,
    measured: Any,
) -> Any:
    """Correct the gradients of a set that was just scored, and measure its loss: see corrections.py.

    repeats: a noise word may be a row's own centre word. copies: there may be rows that are none. measured: the loss is
    asked for.
    """
    return _call("correct")
