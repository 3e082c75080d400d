"""Do promises hold? Intervals against what came, moves where none is right, budgets and what was spent."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.worlds.catalogue import SPECS
from tests.benchmarks.split_channel import CONSIDERED, MOVED, OURS
from tests.benchmarks.split_personal import PERSONAL
from tests.benchmarks.split_replicate import harmful_of
from tests.benchmarks.split_scores import Records

SPENT = 0.995
"""An answer that spends less than this share of its budget says that the budget cannot be spent."""
EXACT = 1e-6
"""Of today's spend: the rounding of an answer that is today's delivery itself, whose spend is in no doubt."""


@dataclass(frozen=True)
class Promises:
    """Intervals of the uplift against what the same plan realised."""

    n: int
    above: int
    """Truth above the interval,"""
    below: int
    """and below it."""
    promised: float
    """Sum of the estimates over all of them, currency units,"""
    came: float
    """and of what was realised."""

    @property
    def coverage(self) -> float | None:
        return (self.n - self.above - self.below) / self.n if self.n else None

    @property
    def ratio(self) -> float | None:
        """Promised over realised; None where nothing came."""
        return self.promised / self.came if self.came > 0 else None


def split_promises(records: Records, *, moved_only: bool = False) -> Promises:
    """Of every plan that the reporting users were asked about, moved to or kept from."""
    asked = [r for r in records if not moved_only or r["verdict"] in MOVED]
    return _promises((r["promise"], r["realised"][CONSIDERED]["uplift"]) for r in asked if r["promise"])


def personal_promises(records: Records) -> Promises:
    """Of the agent that everybody trusted most."""
    asked = [r for r in records if r["personal"] and r["personal"]["promise"]]
    return _promises((r["personal"]["promise"], r["realised"][PERSONAL]["uplift"]) for r in asked)


def _promises(pairs: Iterator[tuple[dict[str, float], float]]) -> Promises:
    rows = list(pairs)
    return Promises(
        n=len(rows),
        above=sum(truth > promise["high"] for promise, truth in rows),
        below=sum(truth < promise["low"] for promise, truth in rows),
        promised=sum(promise["estimate"] for promise, _ in rows),
        came=sum(truth for _, truth in rows),
    )


def false_moves(world: str, records: Records) -> int | None:
    """Moves that cannot be right, in a null world; None in any other.

    Where all channels earn the same, every move. Where ads do nothing, to spend less is right and earns what
    it saves, so a move is false when it raises any channel's budget.
    """
    null = SPECS[world].null if world in SPECS else ""
    if not null:
        return None
    moves = [r["plans"][OURS][1:] for r in records if r["verdict"] in MOVED]
    return len(moves) if null == "equal" else sum(max(plan) > 1 for plan in moves)


@dataclass(frozen=True)
class Harmful:
    """The world whose one channel drives purchases away: how often it was told from the others, and cut."""

    channel: str
    n: int
    recognised: int
    """Marginal iROAS below 0 with its whole interval, on the reporting users."""
    would_cut: int
    """The plan considered gives it less,"""
    cut: int
    """and so does the advice."""


def harmful_channel(world: str, records: Records) -> Harmful | None:
    """None for a world without one."""
    name = harmful_of(world)
    if not name:
        return None
    order = list(records[0]["channels"])  # a row per channel, as the plans behind `none`
    at = 1 + order.index(name)
    slopes = [r["channels"][name] for r in records]
    return Harmful(
        channel=name,
        n=len(records),
        recognised=sum(slope is not None and slope["high"] < 0 for slope in slopes),
        would_cut=sum(r["plans"][CONSIDERED][at] < 1 for r in records),
        cut=sum(r["plans"][OURS][at] < 1 for r in records),
    )


@dataclass(frozen=True)
class Belief:
    """What users believed of an agent they did not teach, against what it realised."""

    n: int
    supported: int
    """Replicates in which the log supports some version of it."""
    trusted: int
    believed: float
    """Mean uplift as a share of today's profit, where supported;"""
    realised: float
    """the same, in the same replicates."""
    within: float
    """Share of all replicates that spend within 2 % of today's."""
    spend: float
    """Mean multiple of today's."""


def belief(records: Records, agent: str) -> Belief | None:
    """None where the agent is in no record."""
    rows = [r for r in records if r["personal"] and agent in r["personal"]["agents"]]
    if not rows:
        return None
    found = [(r["personal"]["agents"][agent], r["realised"][agent]) for r in rows]
    known = [(told, real) for told, real in found if told["believed"] is not None]
    spend = np.array([real["spend"] for _, real in found])
    nothing = float("nan")
    return Belief(
        n=len(rows),
        supported=len(known),
        trusted=sum(r["personal"]["trusted"] == agent for r in rows),
        believed=float(np.mean([t["believed"] / real["profit"] for t, real in known])) if known else nothing,
        realised=float(np.mean([real["uplift"] / real["profit"] for _, real in known])) if known else nothing,
        within=float((np.abs(spend - 1) <= 0.02).mean()),
        spend=float(spend.mean()),
    )


@dataclass(frozen=True)
class Answers:
    """The frontier's answers for one budget, in multiples of today's spend."""

    budget: float
    n: int
    cannot: int
    """Answers that the budget cannot be spent, or not met from below."""
    inside: int
    """Of the others, those whose realised spend lies in the stated interval,"""
    near: int
    """and those within 5 % of the budget."""
    realised: float
    """Mean over the others."""


def answers(records: Records) -> list[Answers]:
    """By budget, ascending."""
    found: dict[float, list[dict[str, float]]] = {}
    for r in records:
        for row in (r["personal"] or {}).get("frontier", ()):
            found.setdefault(row["budget"], []).append(row)
    table = []
    for budget, rows in sorted(found.items()):
        can = [row for row in rows if row["spent"] is not None and row["spent"] >= SPENT * budget]
        table.append(
            Answers(
                budget=budget,
                n=len(rows),
                cannot=len(rows) - len(can),
                inside=sum(row["low"] - EXACT <= row["realised"] <= row["high"] + EXACT for row in can),
                near=sum(abs(row["realised"] - budget) <= 0.05 * budget for row in can),
                realised=float(np.mean([row["realised"] for row in can])) if can else float("nan"),
            )
        )
    return table
