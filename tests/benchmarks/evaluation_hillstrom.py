"""A real randomised e-mail test, redrawn many times under a known policy: do the intervals cover?

    python -m tests.benchmarks.evaluation_hillstrom --hillstrom FOLDER [--redraws 1000]

FOLDER holds hillstrom.csv (K. Hillstrom 2008, MineThatData e-mail challenge): 64,000 customers, a third each
without e-mail, with men's and with women's merchandise. A redraw takes n customers and keeps one where the
arm that was drawn for it by the logging policy is the one it really had; that is to draw customers with
probabilities proportional to mu(arm). The truth is the same weighting over all 64,000.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.progress import Progress

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.support import outcome_refusals
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.mdp.journeys import Journeys
from models.numerics.one_thread import one_blas_thread
from tests.benchmarks.evaluation_page import PAGE, number, percent, table, write_section
from tests.benchmarks.evaluation_scoreboard_estimators import refusal_of
from tests.benchmarks.evaluation_scoreboard_scores import binomial_error

Floats = NDArray[np.float64]
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
LOGGING = np.array([0.5, 0.2, 0.3])
"""Probabilities of the arms under the logging policy."""
SIZES = (1_000, 5_000, 20_000)
SEED = 1
NORMAL = 1.959964
BATCH = 50


@dataclass(frozen=True)
class Test:
    """All customers of the test."""

    arm: NDArray[np.int16]  # (N,)
    features: Floats  # (N, d) standardised
    outcomes: Floats  # (N, 2) spend in USD, visits
    policies: dict[str, Floats]  # name -> (N, 3)


@dataclass(frozen=True)
class Redraw:
    """One log of n customers, one policy."""

    covered: bool | None
    """None: no interval."""
    width: float
    shown: bool
    """Our gates let the number through."""
    usual_covered: bool
    usual_width: float


def read_test(folder: Path) -> Test:
    """The file, with features as the mail was targeted by none of them."""
    table_ = pl.read_csv(folder / "hillstrom.csv", schema_overrides={"spend": pl.Float64})
    columns = [np.log(table_["history"].to_numpy())]
    columns += [
        table_[name].to_numpy().astype(np.float64) for name in ("recency", "mens", "womens", "newbie")
    ]
    columns += [(table_["channel"] == name).to_numpy().astype(np.float64) for name in ("Phone", "Web")]
    features = np.column_stack(columns)
    arm = np.array([ARMS.index(name) for name in table_["segment"]], np.int16)
    history, count = table_["history"].to_numpy(), len(arm)
    spenders = history >= np.median(history)
    policies = {
        "always mens": np.tile([0.0, 1.0, 0.0], (count, 1)),
        "always womens": np.tile([0.0, 0.0, 1.0], (count, 1)),
        "mens to large histories, else none": np.eye(3)[np.where(spenders, 1, 0)],
    }
    return Test(
        arm=arm,
        features=(features - features.mean(axis=0)) / features.std(axis=0),
        outcomes=table_.select("spend", "visit").to_numpy().astype(np.float64),
        policies=policies,
    )


def truth_of(test: Test, policy: str) -> float:
    """USD per customer under a policy, over all customers whose arm it would have chosen."""
    weight = test.policies[policy][np.arange(len(test.arm)), test.arm]
    return float((weight * test.outcomes[:, 0]).sum() / weight.sum())


def redraw(test: Test, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(n,) customers of one log."""
    chance = LOGGING[test.arm]
    return rng.choice(len(test.arm), size=n, p=chance / chance.sum())


def journeys_of(test: Test, customers: NDArray[np.int64]) -> Journeys:
    """A log of one decision per customer drawn; one drawn twice is two customers."""
    n = len(customers)
    spend, visit = test.outcomes[customers].T
    return Journeys(
        rows=np.arange(n),
        journey=np.arange(n),
        t=np.zeros(n, np.int32),
        cluster=np.arange(n),
        action=test.arm[customers],
        eligible=np.ones((n, 3), bool),
        features=test.features[customers],
        outcomes=np.column_stack([spend, visit, np.zeros(n), spend]),
        n_clusters=n,
        n_journeys=n,
        cluster_key=np.arange(n),
        scale=1.0 / n,
        outcome_names=("margin", "clicks", "cost", "profit"),
        outcome_units=("currency", "count", "currency", "currency"),
        actions=("none", "mens", "womens"),
    )


def judge(test: Test, n: int, rng: np.random.Generator) -> dict[str, Redraw]:
    """Our interval and the usual one for every policy, on one log."""
    customers = redraw(test, n, rng)
    journeys = journeys_of(test, customers)
    mu = np.tile(LOGGING, (n, 1))
    dr = DoublyRobust(journeys, mu, folds=2, ridge=1.0)
    hardly_any = outcome_refusals(journeys, dr.logged_outcomes)
    found = {}
    for name, whole in test.policies.items():
        target, truth = whole[customers], truth_of(test, name)
        value = dr.value(target)
        band = bootstrap_of(n).intervals(
            value.double_reinforcement, scale=journeys.scale, level=0.95, gross=value.gross
        )[0]
        usual = usual_interval(target, mu, journeys)
        found[name] = Redraw(
            covered=None if band is None else band.low <= truth <= band.high,
            width=np.nan if band is None else band.high - band.low,
            shown=not (refusal_of(dr, target) or "margin" in hardly_any),
            usual_covered=usual[0] <= truth <= usual[1],
            usual_width=usual[1] - usual[0],
        )
    return found


def usual_interval(target: Floats, mu: Floats, journeys: Journeys) -> tuple[float, float]:
    """Self-normalised importance sampling +- 1.96 linearised standard errors, written from scratch."""
    row = np.arange(len(journeys.action))
    weight = target[row, journeys.action] / mu[row, journeys.action]
    spend = journeys.outcomes[:, 0]
    estimate = float((weight * spend).sum() / weight.sum())
    error = float(np.sqrt(((weight * (spend - estimate)) ** 2).sum()) / weight.sum())
    return estimate - NORMAL * error, estimate + NORMAL * error


@cache
def bootstrap_of(n: int) -> BootstrapT:
    return BootstrapT(np.arange(n), seed=1)


def batch(folder: Path, n: int, first: int, count: int) -> list[dict[str, Redraw]]:
    """Some redraws, in a process of its own; each depends on its number alone."""
    test = read_test(folder)
    with one_blas_thread():
        return [judge(test, n, np.random.default_rng([SEED, n, first + i])) for i in range(count)]


def row_of(policy: str, n: int, truth: float, redraws: list[Redraw]) -> list[str]:
    known = [r for r in redraws if r.covered is not None]
    shown = [r for r in known if r.shown]
    coverage = float(np.mean([r.covered for r in known])) if known else None
    usual = float(np.mean([r.usual_covered for r in redraws]))
    return [
        policy,
        f"{n:,}",
        number(truth, 2),
        f"{percent(coverage, 1)} ± {percent(binomial_error(coverage, len(known)), 1)}",
        number(float(np.median([r.width for r in known])) if known else None, 2),
        f"{percent(usual, 1)} ± {percent(binomial_error(usual, len(redraws)), 1)}",
        number(float(np.median([r.usual_width for r in redraws])), 2),
        percent(1 - len(shown) / len(redraws)),
        percent(float(np.mean([r.covered for r in shown])) if shown else None, 1),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hillstrom", type=Path, required=True)
    parser.add_argument("--redraws", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    test = read_test(options.hillstrom)
    rows = []
    fresh = get_context("spawn")  # a fork of a process that polars has given threads hangs
    with Progress() as bar, ProcessPoolExecutor(options.processes, mp_context=fresh) as pool:
        for n in SIZES:
            task = bar.add_task(f"{n:,} customers", total=options.redraws)
            starts = range(0, options.redraws, BATCH)
            waiting = [
                pool.submit(batch, options.hillstrom, n, i, min(BATCH, options.redraws - i)) for i in starts
            ]
            found = []
            for part in waiting:
                found += part.result()
                bar.update(task, completed=len(found))
            rows += [row_of(p, n, truth_of(test, p), [f[p] for f in found]) for p in test.policies]
    arms = ", ".join(f"{arm} {chance:g}" for arm, chance in zip(ARMS, LOGGING, strict=True))
    text = (
        "## A real e-mail test, redrawn\n\nCommand: `python -m tests.benchmarks.evaluation_hillstrom "
        f"--hillstrom FOLDER --redraws {options.redraws}`; seed {SEED}. Spend per customer in USD of "
        "K. Hillstrom's randomised test; one customer in a hundred buys. Logs of n customers are redrawn "
        f"under a known policy ({arms}), and each policy is valued "
        "from them. Coverage should be 95 % (± Monte-Carlo standard error). The usual interval is "
        "self-normalised importance sampling with 1.96 standard errors. Refused: share of logs for which our "
        "gates give no number; shown: coverage among the others. Sorted by policy and size.\n\n"
    )
    header = ["policy", "n", "truth", "coverage", "median width", "usual coverage", "usual width"]
    write_section("hillstrom", text + table([*header, "refused", "shown"], sorted_rows(rows)), options.page)


def sorted_rows(rows: list[list[str]]) -> list[list[str]]:
    return sorted(rows, key=lambda row: (row[0], int(row[1].replace(",", ""))))


if __name__ == "__main__":
    main()
