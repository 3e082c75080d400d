"""Rounds of sums between sites: all get the same totals, and nobody waits for a site that has stopped."""

import numpy as np
import pytest

from flows.sites.rounds import Rounds
from models.mdp import Sites
from sql.errors import LogError, StudyError


def test_every_site_gets_the_sum_and_the_labels_of_all() -> None:
    def program(number: int, sites: Sites) -> tuple[list[float], list[int]]:
        total = sites.total("values", np.array([number + 1.0, 10.0]))
        return total.tolist(), sites.union("days", np.array([number, 5, number])).tolist()

    rounds = Rounds(["north", "south", "west"])
    assert rounds.run(program) == [([6.0, 30.0], [0, 1, 2, 5])] * 3
    assert [one.name for one in rounds.handed[1]] == ["values", "days", "end"]


def test_a_site_that_stops_stops_all_with_its_own_sentence() -> None:
    def program(number: int, sites: Sites) -> float:
        if number == 1:
            raise LogError("south has no log")
        return float(sites.total("values", np.ones(1))[0])

    with pytest.raises(LogError, match="south has no log"):
        Rounds(["north", "south"]).run(program)


@pytest.mark.parametrize("size", [2, 1])
def test_sites_that_ask_for_different_sums_are_told_so(size: int) -> None:
    def program(number: int, sites: Sites) -> None:
        if number == 0 or size == 2:
            sites.total("values", np.ones(1 + number))

    with pytest.raises(StudyError, match=r"north: values, south: (values|end)"):
        Rounds(["north", "south"]).run(program)


def test_a_figure_that_is_none_is_not_handed_over() -> None:
    with pytest.raises(StudyError, match="sums of values at north are not all finite"):
        Rounds(["north"]).run(lambda _, sites: sites.total("values", np.array([np.nan])))
