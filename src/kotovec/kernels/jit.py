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
_OPTIONS: dict[str, Any] = {"fastmath": FAST_MATH, "error_model": "numpy", "boundscheck": False, "_nrt": False}


def kernel(*signatures: Any) -> Callable[[Function], Function]:
    """Compile for these exact signatures, cached, without the GIL. Other argument types are a TypeError.

    Explicit signatures matter: a Python int where an int64 was meant would compile again in the middle of a run.
    Compilation happens when the decorated function is defined, so kernels are imported when first used.
    """

    def compiled(function: Function, cache: bool) -> Function:
        return numba.njit(  # type: ignore[no-any-return]
            list(signatures), nogil=True, cache=cache, no_cfunc_wrapper=True, **_OPTIONS
        )(function)

    return _cached(compiled)


def callback(signature: Any) -> Callable[[Function], Any]:
    """A function that kernels call by its `address`: compiled for this signature, and cached, as they are."""

    def compiled(function: Function, cache: bool) -> Any:
        return numba.cfunc(signature, cache=cache, **_OPTIONS)(function)

    return _cached(compiled)


def _cached(compiled: Callable[[Function, bool], Any]) -> Callable[[Function], Any]:
    """A decorator that calls compiled(function, cache), with the cache in our own folder."""

    def decorate(function: Function) -> Any:
        folder, before = cache_folder(), config.CACHE_DIR
        config.CACHE_DIR = folder or before
        try:
            return compiled(function, folder is not None)
        except OSError:  # the disk is full: Numba compiles, then writes
            return compiled(function, False)
        finally:
            config.CACHE_DIR = before

    return decorate


def body(function: Function) -> Function:
    """The outermost piece of a kernel, taken over before types are known: or LLVM would optimise the whole twice."""
    return numba.njit(nogil=True, inline="always", **_OPTIONS)(function)  # type: ignore[no-any-return]


def inline(function: Function) -> Function:
    """A piece of a kernel: compiled into its callers, with their options; never called from Python."""
    return numba.njit(  # type: ignore[no-any-return]
        nogil=True,
        forceinline=True,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        pipeline_class=PieceCompiler,
        **_OPTIONS,
    )(function)
