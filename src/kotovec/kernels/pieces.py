"""How Numba compiles the pieces of a kernel: to LLVM's intermediate code, and no further.

Numba treats a function that others call as one in its own right: it is optimised in full, with all that it calls, and
turned into machine code that nobody runs; and then its callers are optimised, with it inside. Pieces are only ever
inlined, so they get the first of the two rounds of optimisation, without which the kernel that holds them all would be
slower, and wait for that kernel with the rest.
"""

from __future__ import annotations

from typing import Any

from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import InlineOverloads, NativeLowering, NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes, InlineInlinables


class _PieceLibrary(JITCodeLibrary):  # type: ignore[misc]
    """Code that is linked into that of others, and not run itself."""

    def _optimize_final_module(self) -> None:
        passes, builder = self._codegen._module_pass_manager(opt=0, cost="cheap")
        passes.run(self._final_module, builder)

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerPiece(NativeLowering):  # type: ignore[misc]
    _name = "lower_piece"

    def run_pass(self, state: Any) -> bool:
        state.library = _PieceLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered, name = state["cr"], state.func_id.func_name
        handle = make_function(lowered.fndesc.lookup_module(), name, "a piece", 0, lowered.env, (state.library,))
        state["cr"] = lowered._replace(cfunc=handle)  # by which callers find the piece
        state.targetctx.insert_user_function(handle, lowered.fndesc, [state.library])
        return True


# of Numba's passes those that look, each several times, for what pieces do not have: closures, comprehensions,
# functions to be inlined before types are known, and expressions of whole arrays
_NEEDLESS = (InlineClosureLikes, InlineInlinables, InlineOverloads, NopythonRewrites)


class PieceCompiler(CompilerBase):  # type: ignore[misc]
    """Numba's usual way, but with another last step."""

    def define_pipelines(self) -> list[Any]:
        """The only one, which needs no Python objects."""
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.passes = [
            (_LowerPiece if step is NativeLowering else step, why)
            for step, why in pipeline.passes
            if step not in _NEEDLESS
        ]
        pipeline.finalize()
        return [pipeline]
