"""The one decorator of all kernels: it fixes every Numba option, and where compiled code is kept (folders.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba import config

from kotovec.kernels.folders import cache_folder
from kotovec.kernels.pieces import PieceCompiler

Function = TypeVar("Function", bound=Callable[..., Any])

# `nnan` and `ninf` are left out on purpose: training must be able to notice weights that are not finite.
FAST_MATH = {"nsz", "arcp", "contract", "afn", "reassoc"}


def kernel(*signatures: Any) -> Callable[[Function], Function]:
    """Compile for these exact signatures, cached, without the GIL. Other argument types are a TypeError.

    Explicit signatures matter: a Python int where an int64 was meant would compile again in the middle of a run.
    Compilation happens when the decorated function is defined, so kernels are imported when first used.
    """

    def compiled(function: Function, cache: bool) -> Function:
        return numba.njit(  # type: ignore[no-any-return]
            list(signatures),
            nogil=True,
            fastmath=FAST_MATH,
            error_model="numpy",
            boundscheck=False,
            _nrt=False,
            cache=cache,
            no_cfunc_wrapper=True,
        )(function)

    def decorate(function: Function) -> Function:
        folder, before = cache_folder(), config.CACHE_DIR
        config.CACHE_DIR = folder or before
        try:
            return compiled(function, cache=folder is not None)
        except OSError:  # the disk is full: Numba compiles, then writes
            return compiled(function, cache=False)
        finally:
            config.CACHE_DIR = before

    return decorate


def body(function: Function) -> Function:
    """The outermost piece of a kernel, taken over before types are known: or LLVM would optimise the whole twice."""
    return numba.njit(  # type: ignore[no-any-return]
        nogil=True, fastmath=FAST_MATH, error_model="numpy", boundscheck=False, inline="always", _nrt=False
    )(function)


def inline(function: Function) -> Function:
    """A piece of a kernel: compiled into its callers, with their options; never called from Python."""
    return numba.njit(  # type: ignore[no-any-return]
        nogil=True,
        fastmath=FAST_MATH,
        error_model="numpy",
        boundscheck=False,
        forceinline=True,
        _nrt=False,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        pipeline_class=PieceCompiler,
    )(function)
