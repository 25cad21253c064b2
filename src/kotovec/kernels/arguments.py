"""How a training kernel gets its arguments: as the address of a block of 8-byte words.

Numba takes a named tuple apart wherever it is passed on: with some sixty fields, that and what checks them when Python
calls were a tenth of the time to compile. So the fields are written into a block of memory, an array as the address of
its first element. A kernel copies them to its stack; its pieces get the address of a tuple's first field, and load a
field where they use it. When all pieces are inlined, LLVM sees that nobody else writes there, and what is left of it
are registers. Behind the fields are the addresses of what kernels call (calls.py).

What could go wrong: machine code checks neither types nor bounds, and believes any address; `Arguments` checks types.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model
from numba.np.numpy_support import as_dtype
from numpy.typing import NDArray

from kotovec.kernels.state import IDS, MODEL, SCRATCH, SPAN, TABLES, Model, Scratch, Span, Tables

_WORD = ir.IntType(64)
_LETTERS = {types.int64: "q", types.uint64: "Q", types.float64: "d", types.boolean: "q"}  # 8 bytes each; addresses: Q
_TUPLES = (MODEL, TABLES, SCRATCH, SPAN)
_SPAN = struct.Struct("=" + "".join(_LETTERS[kind] for kind in SPAN.types))

SIGNATURE = types.void(types.int64)  # of a training kernel, which is called with the address of its arguments
SPAN_PLACE = sum(len(each.types) for each in _TUPLES[:-1])  # the word where the fields of the span begin
_IDS_PLACE = SPAN_PLACE + len(SPAN.types)  # two words
CALLS_PLACE = _IDS_PLACE + 2  # from here on the addresses of what is compiled apart


class Arguments:
    """The block of one worker, in Python's memory; the arrays live as long as it does, and stay where they are.

    TypeError where a field has another type than its tuple says in state.py.
    """

    def __init__(self, model: Model, tables: Tables, scratch: Scratch, span: Span, ids: NDArray[np.int32]) -> None:
        from kotovec.kernels.apart import ADDRESSES  # which needs this module

        self.model, self.tables, self.scratch, self.ids = model, tables, scratch, ids
        self.block = np.zeros(CALLS_PLACE + len(ADDRESSES), np.int64)
        self.address: int = self.block.ctypes.data
        words: list[int] = []
        for values, of in ((model, MODEL), (tables, TABLES), (scratch, SCRATCH)):
            words += map(_word, of.fields, of.types, values)
        self.block[:SPAN_PLACE] = words
        self.block[_IDS_PLACE:] = _word("ids", IDS, ids), len(ids), *ADDRESSES
        self.set_span(span)

    def set_span(self, span: Span) -> None:
        """What to train on next; all else stays."""
        self.span = span
        try:
            _SPAN.pack_into(self.block.data, 8 * SPAN_PLACE, *span)
        except struct.error as error:
            raise TypeError(f"a field of {span} has another type: {error}") from None


def _word(name: str, kind: Any, value: Any) -> int:
    if not isinstance(kind, types.Array):
        return operator.index(value)
    dtype, flags = as_dtype(kind.dtype), value.flags
    if value.dtype != dtype or not flags.c_contiguous or (kind.mutable and not flags.writeable):
        raise TypeError(f"{name} is to be a contiguous array of {dtype}, not one of {value.dtype} with\n{flags}")
    return int(value.ctypes.data)


@dataclass(frozen=True)
class TrainingKernel:
    """Machine code that trains what it is given; nothing returned, model and scratch change in place."""

    compiled: Callable[[int], None]

    def __call__(self, arguments: Arguments) -> None:
        """Train the span of these arguments, without the GIL."""
        self.compiled(arguments.address)


class Fields(types.Type):  # type: ignore[misc]
    """A named tuple in such a block, as machine code sees it: with a pointer for each array."""

    def __init__(self, of: Any) -> None:
        self.places = {name: place for place, name in enumerate(of.fields)}
        self.kinds = [types.CPointer(kind.dtype) if isinstance(kind, types.Array) else kind for kind in of.types]
        super().__init__(name=f"fields({of.instance_class.__name__})")


@register_model(Fields)
class _FieldsModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, numba_type: Any) -> None:
        super().__init__(manager, numba_type, _WORD.as_pointer())


@infer_getattr
class _FieldsAttribute(AttributeTemplate):  # type: ignore[misc]
    key = Fields

    def generic_resolve(self, fields: Any, name: str) -> Any:
        return fields.kinds[fields.places[name]] if name in fields.places else None


def _at(context: Any, builder: Any, block: Any, place: int, kind: Any) -> Any:
    """The address of a word of a block, as one of what it holds: pointers are loaded as such, since LLVM knows less of
    an integer that becomes one (1 % slower).
    """
    held = context.get_value_type(kind) if isinstance(kind, types.CPointer) else _WORD
    return builder.bitcast(builder.gep(block, [_WORD(place)]), held.as_pointer())


@lower_getattr_generic(Fields)
def _load_field(context: Any, builder: Any, fields: Any, block: Any, name: str) -> Any:
    place = fields.places[name]
    kind = fields.kinds[place]
    word = builder.load(_at(context, builder, block, place, kind))
    if kind == types.float64:
        return builder.bitcast(word, ir.DoubleType())
    return builder.trunc(word, ir.IntType(1)) if kind == types.boolean else word


@intrinsic
def arguments_at(typing_context: Any, address: Any) -> Any:
    """(model, tables, scratch, span, ids, n_ids) of the block at this address; ids is a pointer."""
    tuples = [Fields(each) for each in _TUPLES]
    ids = types.CPointer(types.int32)
    result = types.Tuple([*tuples, ids, types.int64])

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block, values = builder.inttoptr(args[0], _WORD.as_pointer()), []
        for each in tuples:
            copy = cgutils.alloca_once(builder, _WORD, len(each.kinds))
            for place, kind in enumerate(each.kinds):
                word = builder.load(_at(context, builder, block, place, kind))
                builder.store(word, _at(context, builder, copy, place, kind))
            values.append(copy)
            block = builder.gep(block, [_WORD(len(each.kinds))])
        for place, kind in enumerate((ids, types.int64)):
            values.append(builder.load(_at(context, builder, block, place, kind)))
        return context.make_tuple(builder, result, values)

    return result(types.int64), codegen
