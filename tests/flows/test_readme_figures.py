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


def percent(cell: str) -> float:
    """`+50.7 % ± 3.6 %` is 50.7."""
    return float(cell.split("%")[0].replace("+", ""))


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


def test_what_large_logs_earned_of_the_best_split() -> None:
    """Of each world's one log of 200,000 customers: all moves, and the worlds' mean of the best split's."""
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in page("split").partition("## allot, world by world")[2].partition("\n## ")[0].splitlines()
        if "| 200,000 |" in line
    ]
    best = [
        row(page("split").partition(f"\n## {world}, 200,000 customers\n")[2], "oracle split")[2]
        for world, *_ in rows
    ]
    share = sum(percent(r[5]) for r in rows) / sum(map(percent, best))
    assert len(rows) == 4 and all(r[3] == "100 %" for r in rows)
    said = " ".join(README.split())
    assert (
        f"Of 4 logs of 200,000 customers, of four worlds, all were moved and earned {share:.0%}".replace(
            "%", " %"
        )
        in said
    )


def test_what_personalised_delivery_realised_and_had_promised() -> None:
    overview = page("split").partition("## Overview")[2]
    _, worlds, logs, uplift, *_ = row(overview, "**allot, personalised, at today's spend**")
    promised = page("split").partition("*its own promise*")[2].partition("\n")[0]
    covered, ratio = re.search(r"covered (\d+) %, promised / realised ([\d.]+)", promised).groups()  # type: ignore[union-attr]
    said = " ".join(README.split())
    held = round(int(covered) / 100 * int(logs))
    assert (
        f"On {logs} logs of {worlds} worlds it realised +{round(percent(uplift))} % of profit at today's "
        f"spend; {ratio} of that had been promised, and the interval held in {held} of {logs}." in said
    )


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
