"""README's figures of splits and shops are those of the benchmarks' pages."""

import re

import pytest

from tests.conftest import REPOSITORY
from tests.flows.pages import PAGES

README = PAGES["README.md"]


def page(name: str) -> str:
    return (REPOSITORY / f"tests/benchmarks/{name}.md").read_text(encoding="utf-8")


def row(text: str, first: str) -> list[str]:
    """The cells of the first row that begins so, without stars."""
    (found, *_) = [line for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip(" *") for cell in found.strip("|").split("|")]


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("allot", "**allot**"),
        ("the plan it considered, before it doubts", "allot, before it doubts"),
        ("random among the possible", "random among the possible"),
        ("equal split", "equal split"),
        ("a media mix model (our own, on daily totals)", "media mix model"),
        ("last-click", "last-click"),
    ],
)
def test_the_shares_of_the_best_split(said: str, drawn: str) -> None:
    overview = page("split").partition("## Overview")[2]
    _, worlds, logs, _, share, harm, _ = row(overview, drawn)
    splits = README[README.index("Its splits earn") :]
    assert row(splits, said)[1].split(":")[0].replace("−", "-") == share
    assert f", {logs} logs of {worlds} worlds |" in README
    assert said != "allot" or (harm == "0 %" and "None of these logs lost by a move." in README)


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("uplift of the plan a night considered", "uplift, considered plans"),
        ("uplift of two plans nobody chose", "uplift, fixed plans"),
        ("marginal return of a channel", "iROAS, channels"),
        ("marginal return of a channel in a segment", "iROAS, channel x segment"),
    ],
)
def test_how_often_the_intervals_of_shops_held(said: str, drawn: str) -> None:
    share, n = re.fullmatch(r"(\d+) % of (\d+)", row(README, said)[1]).groups()  # type: ignore[union-attr]
    _, drawn_n, coverage, *_ = row(page("shops"), drawn)
    assert n == drawn_n and abs(int(share) - float(coverage.removesuffix(" %"))) <= 0.5


def test_how_many_promises_of_splits_held() -> None:
    """Where delivery decides on what is logged, of all plans considered."""
    promises = page("split").partition("## Do the promises hold?")[2]
    _, plans, above, below, *_ = row(promises, "**where delivery decides on what is logged**")
    held = int(plans) - int(above) - int(below)
    assert f"In the worlds above {held} of {plans} held." in " ".join(README.split())


def test_how_many_nights_of_shops_moved_and_that_none_lost() -> None:
    found = [
        [cell.strip() for cell in line.split("|")]
        for line in page("shops").splitlines()
        if line.startswith(("| with effects | over the log |", "| null twins | over the log |"))
    ]
    logs, moves = (sum(int(cells[i]) for cells in found) for i in (3, 4))
    assert [cells[6] for cells in found] == ["0.0 %", "0.0 %"]
    said = " ".join(README.split())
    assert f"On {logs} logs of shops" in said
    assert f"{moves} nights moved money, none at a loss" in said
