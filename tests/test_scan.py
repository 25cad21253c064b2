import threading
import time

import numpy as np
import pytest

from kotovec.vectors.scan import best_of, scan


@pytest.mark.parametrize("threads", [1, 2, 5, None])
@pytest.mark.parametrize(("n_rows", "step"), [(0, 3), (1, 3), (10, 3), (9, 3)])
def test_every_block_is_taken_once(n_rows, step, threads):
    taken = [first for firsts in scan(n_rows, step, list, threads=threads) for first in firsts]
    assert sorted(taken) == list(range(0, n_rows, step))


def test_there_are_no_more_threads_than_allowed_or_than_blocks():
    assert len(scan(100, 1, list, threads=3)) == 3
    assert len(scan(100, 60, list, threads=8)) == 2


def test_a_thread_that_is_held_up_leaves_its_blocks_to_others():
    here = threading.get_ident()

    def work(starts):
        taken = []
        for first in starts:
            taken.append(first)
            time.sleep(0.2 if threading.get_ident() == here else 0)
        return taken

    mine, others = scan(50, 1, work, threads=2)
    assert len(mine) < 5 and len(others) > 45


def test_an_error_in_any_thread_arrives():
    here = threading.get_ident()

    def work(starts):
        if threading.get_ident() != here:
            raise ValueError("elsewhere")

    with pytest.raises(ValueError, match="elsewhere"):
        scan(50, 1, work, threads=2)


def test_the_best_of_several_threads_are_in_order_with_the_lowest_id_of_equal_ones():
    one = np.array([[7, 3, -1]]), np.array([[0.9, 0.5, -np.inf]], np.float32)
    two = np.array([[2, 8, 9]]), np.array([[0.9, 0.6, 0.1]], np.float32)
    ids, scores = best_of([one, two], 4)
    assert ids.tolist() == [[2, 7, 8, 3]]
    np.testing.assert_allclose(scores, [[0.9, 0.9, 0.6, 0.5]])
