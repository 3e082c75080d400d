"""Work in threads: the items' order, the first error, and one BLAS thread for as long as anybody works."""

from importlib import import_module
from threading import Barrier, get_ident

import pytest
from threadpoolctl import threadpool_info

from models.numerics import one_blas_thread, side_by_side

threads = import_module("models.numerics.side_by_side")  # the function has the module's name


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_results_come_in_the_order_of_the_items_whoever_is_ready_first() -> None:
    assert side_by_side(lambda n: n * n, range(50), workers=4) == [n * n for n in range(50)]
    assert side_by_side(lambda n: n, [], workers=4) == []


def test_as_many_work_at_a_time_as_were_asked_for() -> None:
    meet = Barrier(3)  # nobody passes unless three are there at once
    assert side_by_side(lambda n: meet.wait(timeout=60) >= 0 and n, [1, 2, 3], workers=3) == [1, 2, 3]


def test_work_inside_work_takes_no_threads_beyond_those_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "_cores", lambda: 2)
    both = Barrier(2)

    def asks_for_more(_: int) -> bool:
        both.wait(timeout=60)  # two are at work
        found = set(side_by_side(lambda _: get_ident(), range(8)))
        both.wait(timeout=60)
        return found == {get_ident()}  # so that each did all of it alone

    assert side_by_side(asks_for_more, [0, 1]) == [True, True]


def test_one_that_waits_for_its_pieces_leaves_its_place_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_cores", lambda: 2)
    pair, four = Barrier(2), Barrier(4)

    def one_of_four(_: int) -> bool:
        return four.wait(timeout=60) >= 0

    def by_two(_: int) -> list[bool]:
        pair.wait(timeout=60)
        return side_by_side(one_of_four, [0, 1], workers=2)  # asked for by number: whatever others do

    assert side_by_side(by_two, [0, 1]) == [[True, True], [True, True]]
    assert side_by_side(lambda _: pair.wait(timeout=60) >= 0, [0, 1]) == [True, True]  # all are back


def test_an_error_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda n: 1 / n, [1, 0, 2], workers=2)


def test_blas_has_one_thread_until_the_last_one_leaves() -> None:
    """The limit is the process's: one that leaves early must not take it from those who still multiply."""
    before, (come, leave) = blas_threads(), (Barrier(2), Barrier(2))

    def early(_: int) -> None:
        with one_blas_thread():
            come.wait(timeout=60)
        leave.wait(timeout=60)

    def late(_: int) -> set[int]:
        with one_blas_thread():
            come.wait(timeout=60)
            leave.wait(timeout=60)  # the other one has left
            return blas_threads()

    found = side_by_side(lambda work: work(0), [early, late], workers=2)
    assert found[1] == {1}
    assert blas_threads() == before


def test_what_begins_a_thread_is_done_in_each() -> None:
    begun: list[int] = []
    meet = Barrier(2)
    side_by_side(lambda _: meet.wait(timeout=60), [0, 1], workers=2, begin=lambda: begun.append(1))
    assert len(begun) == 2
