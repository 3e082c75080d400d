"""Retention offers: a world of sure things, and Hillstrom's customers by halves that chose nothing."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import gamma, poisson

from models.results import TreeNode, TrialResult
from models.trials import TrialLog, judge_trial
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.retention_offer import (
    ARMS,
    MONTHS_AWAY,
    PAST_ORDERS,
    RETENTION_OFFER,
    SHARE,
    Customers,
    draw_customers,
    value,
)
from tests.benchmarks.decisions.figure import Figure
from tests.benchmarks.decisions.trial_logs import trial_of
from tests.sql.tiny_logs import real_data

DRAWS, CUSTOMERS = 20, RETENTION_OFFER.entities
HALVES = 10
FACTS = ("orders", "months")
EMAIL_COST = 0.05


def figures() -> list[Figure]:
    return [*_sure_things(), *_hillstrom()]


def _sure_things() -> list[Figure]:
    worth, best_for_all = value(), float((SHARE @ value()).max())
    best, known = _best_by_facts() - best_for_all, float(SHARE @ worth.max(axis=1)) - best_for_all
    given, realised, told, loses, kept, above = [], [], 0, 0, 0, 0
    for seed in range(DRAWS):
        drawn = draw_customers(Size(CUSTOMERS, 74, 100 + seed, LAST_DAY))
        found = judge_trial(_trial(drawn), seed=seed)
        loses += "offer" in found.verdict.worse
        if found.rule is None or found.rule.gain is None:
            continue
        told += found.chooses_by_rule
        fresh = draw_customers(Size(CUSTOMERS, 74, 900 + seed, LAST_DAY))
        arm = arms_of(found.rule.tree, dict(zip(FACTS, fresh.facts.T, strict=True)))
        given.append(float((arm[fresh.kind == 0] == "offer").mean()))
        index = np.array([ARMS.index(name) for name in arm])
        realised.append(float(worth[fresh.kind, index].mean()) - best_for_all)
        kept += found.rule.gain.low <= realised[-1]
        above += found.rule.gain.high < realised[-1]
    return [
        Figure(
            "sure things: that an offer for all loses is told",
            f"{loses} of {DRAWS} logs of {CUSTOMERS:,} customers",
            loses >= DRAWS - 1,
        ),
        Figure(
            "sure things: a rule is told beyond doubt",
            f"in {told} of {DRAWS} logs",
            told >= DRAWS - 1,
        ),
        Figure(
            "sure things: the plan spares the loyal, on average at most 5 % of them get the offer",
            f"{np.mean(given):.1%} of unseen loyal customers on average, {np.max(given):.1%} at most",
            float(np.mean(given)) <= 0.05,
        ),
        Figure(
            "sure things: in every log at most 5 % of the loyal get the offer",
            f"{np.max(given):.1%} at most",
            float(np.max(given)) <= 0.05,
        ),
        Figure(
            "sure things: at least 80 % of what the best use of these facts earns beyond the best for all",
            f"{np.mean(realised) / best:.0%} on average, {np.min(realised) / best:.0%} at least, of "
            f"{best:.2f} EUR per customer",
            float(np.mean(realised)) >= 0.8 * best,
        ),
        Figure(
            "sure things: the same of what one earns who knows every customer's kind",
            f"{np.mean(realised) / known:.0%} on average, of {known:.2f} EUR per customer",
            float(np.mean(realised)) >= 0.8 * known,
        ),
        Figure(
            "sure things: what the rule earns keeps to its lower bound, 97.5 %",
            f"{kept} of {len(realised)}; it is above the upper bound in {above}: the best arm for all, which "
            "the rule is held against, is flattered",
            kept >= len(realised) - 2,
        ),
        Figure(
            "sure things: the interval of the rule's gain holds what it earns, 95 %",
            f"{kept - above} of {len(realised)}",
            kept - above >= len(realised) - 2,
        ),
    ]


def _best_by_facts() -> float:
    """EUR per customer under the arm that is best by the kinds' chances given a customer's facts."""
    drawn = draw_customers(Size(200_000, 74, 1, LAST_DAY))
    orders, months = drawn.facts.T
    likely = SHARE * poisson.pmf(orders[:, None], PAST_ORDERS)
    likely *= gamma.pdf(np.maximum(months, 0.05)[:, None], 2.0, scale=MONTHS_AWAY / 2.0)
    arm = (likely @ value()).argmax(axis=1)
    return float(value()[drawn.kind, arm].mean())


def _trial(drawn: Customers) -> TrialLog:
    facts = dict(zip(FACTS, drawn.facts.T, strict=True))
    return trial_of(drawn.arm, ARMS, drawn.earned, drawn.cost, facts)


def arms_of(node: TreeNode, facts: dict[str, NDArray[np.float64]]) -> NDArray[np.str_]:
    """(n,) the arm of a rule for each of n customers."""
    if node.feature is None or node.low is None or node.high is None or node.threshold is None:
        return np.full(len(next(iter(facts.values()))), node.action)
    low = facts[node.feature] <= node.threshold
    return np.where(low, arms_of(node.low, facts), arms_of(node.high, facts))


def _hillstrom() -> list[Figure]:
    """What a half promises, by the other half: no draw of a simulator."""
    folder = real_data("hillstrom")
    if folder is None:
        return []
    whole = _read(folder / "hillstrom.csv")
    best, promised, off = [], 0, []
    for k in range(HALVES):
        side = np.random.default_rng(k).random(whole.n) < 0.5
        found, other = judge_trial(whole.of(side), seed=k), judge_trial(whole.of(~side), seed=k)
        best.append(found.verdict.arms[:1])
        gain, again = _gain(found), _gain(other)
        promised += gain[1] > 0
        off.append((gain[0] - again[0]) / np.hypot(gain[2], again[2]))
    mens = sum(arms == ("mens",) for arms in best)
    error = float(np.abs(off).max())
    return [
        Figure(
            "Hillstrom: either half of 64,000 customers is told to send the men's e-mail, beyond doubt",
            f"{mens} of {HALVES} halves choose it or put it first; its lower bound is above 0 in {promised}",
            mens >= HALVES - 2 and promised >= HALVES - 1,
        ),
        Figure(
            "Hillstrom: the gain that one half promises is the other half's, within the noise of both",
            f"largest difference {error:.1f} standard errors of {HALVES} pairs of halves",
            error <= 3.0,
        ),
    ]


def _gain(found: TrialResult) -> tuple[float, float, float]:
    """Estimate, simultaneous lower bound and standard error of men's over none."""
    d = found.against_idle("mens")
    if d is None or d.interval is None or d.standard_error is None:
        return 0.0, 0.0, np.inf
    return d.estimate, d.interval.low, d.standard_error


def _read(path: Path) -> TrialLog:
    table = pl.read_csv(path, schema_overrides={"spend": pl.Float64})
    names = {"No E-Mail": "none", "Mens E-Mail": "mens", "Womens E-Mail": "womens"}
    arms = tuple(names.values())
    arm = np.array([arms.index(names[s]) for s in table["segment"]])
    known = ("recency", "history", "mens", "womens", "newbie")
    facts = {name: table[name].cast(pl.Float64).to_numpy() for name in known}
    cost = EMAIL_COST * (arm > 0)
    return trial_of(arm, arms, table["spend"].to_numpy(), cost, facts)
