import os
import subprocess
import sys
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
    for arguments, n in (((100, 1), 3), ((100, 60), 2)):
        together = threading.Barrier(n)
        assert len(scan(*arguments, lambda starts, all_of=together: all_of.wait(5), threads=3)) == n


def test_threads_are_kept_for_the_next_scan():
    def idents():
        together = threading.Barrier(2)
        return scan(100, 1, lambda starts: together.wait(5) < 2 and threading.get_ident(), threads=2)

    assert idents() == idents()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_that_forked_has_threads_of_its_own():
    code = """if True:
        import os, threading
        from kotovec.vectors.scan import scan
        def both():
            together = threading.Barrier(2)
            return scan(10, 1, lambda starts: together.wait(5), threads=2)
        both()
        child = os.fork()
        if not child:
            try:
                both()
            except threading.BrokenBarrierError:
                os._exit(1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    """
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=30)


def test_a_scan_does_not_wait_for_threads_that_another_keeps():
    begun, end = threading.Semaphore(0), threading.Event()

    def work(starts):
        begun.release()
        end.wait(10)

    other = threading.Thread(target=scan, args=(10, 1, work), kwargs={"threads": 2})
    other.start()
    try:
        assert begun.acquire(timeout=5) and begun.acquire(timeout=5)
        assert scan(10, 1, list, threads=2) == [list(range(10))]
    finally:
        end.set()
        other.join()


def test_after_an_error_here_the_others_stop_before_it_arrives():
    here, begun, taken = threading.get_ident(), threading.Event(), []

    def work(starts):
        if threading.get_ident() == here:
            assert begun.wait(5)
            raise ValueError("here")
        for first in starts:
            begun.set()
            time.sleep(0.03)
            taken.append(first)

    with pytest.raises(ValueError, match="here"):
        scan(1000, 1, work, threads=2)
    n_taken = len(taken)
    time.sleep(0.1)
    assert len(taken) == n_taken < 10


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
    here, failed = threading.get_ident(), threading.Event()

    def work(starts):
        if threading.get_ident() != here:
            failed.set()
            raise ValueError("elsewhere")
        assert failed.wait(5)

    with pytest.raises(ValueError, match="elsewhere"):
        scan(50, 1, work, threads=2)


def test_the_best_of_several_threads_are_in_order_with_the_lowest_id_of_equal_ones():
    one = np.array([[7, 3, -1]]), np.array([[0.9, 0.5, -np.inf]], np.float32)
    two = np.array([[2, 8, 9]]), np.array([[0.9, 0.6, 0.1]], np.float32)
    ids, scores = best_of([one, two], 4)
    assert ids.tolist() == [[2, 7, 8, 3]]
    np.testing.assert_allclose(scores, [[0.9, 0.9, 0.6, 0.5]])
