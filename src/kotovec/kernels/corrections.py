"""What few sets need once they are scored: noise words and rows that do not count, and the loss.

first and n_owners say whose rows were scored, per_owner of each. slots, from one row's scores to the next one's, and
narrow, the noise words of a narrower group, are as in scores.py.
"""

from __future__ import annotations

import math

import numpy as np

from kotovec.kernels.jit import inline
from kotovec.kernels.scores import count_groups, first_slot, first_target
from kotovec.kernels.sigmoid import loss_parts
from kotovec.kernels.state import LOSS_PAIRS, LOSS_SUM


@inline
def leave_out_owners(scratch, first, n_owners, per_owner, slots, narrow, negative):
    """A noise word that is a row's own centre word is none for that row: no gradient."""
    for target in range(negative):
        begin = slot_of(target, n_owners * per_owner, slots, narrow, negative)
        for owner in range(n_owners):
            if scratch.owners[first + owner] == scratch.targets[target]:
                for i in range(owner * per_owner, (owner + 1) * per_owner):
                    scratch.gradients[begin + i * slots] = np.float32(0)


@inline
def slot_of(target, n_rows, slots, narrow, negative):
    """Where a noise word's slot of the first of n_rows rows is; the next row's is `slots` further."""
    n_groups, n_wide = count_groups(negative, narrow)
    group = 0
    while group + 1 < n_groups and target >= first_target(group + 1, n_wide, narrow):
        group += 1
    return first_slot(group, n_rows, slots) + target - first_target(group, n_wide, narrow)


@inline
def leave_out_copies(scratch, first, n_owners, per_owner, slots, narrow, negative):
    """Nothing is learnt from a row that is none, since its owner has fewer: a copy of a row fills its place."""
    n_groups, _ = count_groups(negative, narrow)
    for owner in range(n_owners):
        for i in range(owner * per_owner + scratch.n_owned[first + owner], (owner + 1) * per_owner):
            for group in range(n_groups):
                begin = first_slot(group, n_owners * per_owner, slots) + i * slots
                for slot in range(begin, begin + slots):
                    scratch.gradients[slot] = np.float32(0)


@inline
def measure_loss(scratch, first, n_owners, per_owner, slots, narrow, negative):
    """Add the loss of the rows just scored to scratch.measures."""
    loss, n_rows = 0.0, 0
    for owner in range(n_owners):
        row = scratch.owners[first + owner]
        for i in range(owner * per_owner, owner * per_owner + scratch.n_owned[first + owner]):
            n_rows += 1
            product = 1.0  # at most 2 ** 65
            for target in range(negative + 1):
                is_own = target == negative
                if is_own or scratch.targets[target] != row:
                    slot = narrow if is_own else slot_of(target, n_owners * per_owner, slots, narrow, negative)
                    score = np.float64(scratch.scores[slot + i * slots])
                    linear, factor = loss_parts(score if is_own else -score)
                    loss += linear
                    product *= factor
            loss += math.log(product)
    scratch.measures[LOSS_SUM] += loss
    scratch.measures[LOSS_PAIRS] += n_rows
