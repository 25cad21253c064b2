"""The logistic function: 16 at a time for gradients, and its logarithm for the loss."""

from __future__ import annotations

import math

import numpy as np

from kotovec.kernels import simd
from kotovec.kernels.jit import inline

# sigmoid(x) - 1/2 ~ x P(x^2) / Q(x^2) for |x| <= 14, fitted to the smallest maximal error (iteratively reweighted
# linear least squares on 4,001 Chebyshev points): 4.5e-7, and 5.8e-7 in float32. word2vec.c's table errs by 6e-3.
_LIMIT = np.float32(14.0)
_P0, _P1 = np.float32(0.249998921903277), np.float32(0.007688868437141463)
_P2, _P3 = np.float32(3.557803843677501e-05), np.float32(1.5351703279645402e-08)
_Q1 = np.float32(0.11408509518986598)
_Q2, _Q3 = np.float32(0.0013170129138833147), np.float32(2.2242408821483003e-06)


@inline
def centred_sigmoid(x):
    """1 / (1 + exp(-x)) - 1/2, lane by lane, error below 6e-7, within (-1/2, 1/2): no call, no table, two short chains.

    Beyond |x| = 14 the result stays where it is there, about 8e-7 from -1/2 or 1/2. NaN becomes a number in between,
    so a kernel's caller checks the loss and the weights, not the gradients.
    """
    t = simd.maximum(simd.minimum(x, simd.broadcast(_LIMIT)), simd.broadcast(-_LIMIT))
    t2 = simd.mul(t, t)
    t4 = simd.mul(t2, t2)
    p_high = simd.fma(simd.broadcast(_P3), t2, simd.broadcast(_P2))
    p_low = simd.fma(simd.broadcast(_P1), t2, simd.broadcast(_P0))
    q_high = simd.fma(simd.broadcast(_Q3), t2, simd.broadcast(_Q2))
    q_low = simd.fma(simd.broadcast(_Q1), t2, simd.broadcast(np.float32(1.0)))
    p = simd.mul(simd.fma(p_high, t4, p_low), t)
    return simd.div(p, simd.fma(q_high, t4, q_low))


@inline
def loss_parts(x):
    """(a, b) of the loss of one label, -log sigmoid(x) = a + log(b), without overflow, float64; b is 1 to 2.

    The loss of several labels is the sum of all a, and one logarithm of the product of all b.
    """
    return 0.0 if x > 0.0 else -x, 1.0 + math.exp(-abs(x))
