"""Two real bandit logs, each valued from the other: a number with an interval, or a refusal?

    python -m tests.benchmarks.evaluation_open_bandit --open-bandit FOLDER

FOLDER holds random/men.csv and bts/men.csv of the Open Bandit Dataset (Saito, Aihara, Matsutani & Narita
2021): 10,000 impressions each of 34 items in three positions, by uniform choice and by Bernoulli Thompson
sampling (BTS). The full data sets' click rates, .51 % and .67 %, are what the estimates are held against.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.support import outcome_refusals
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.mdp.journeys import Journeys
from reports.sentences.refusals import recorded
from tests.benchmarks.evaluation_page import PAGE, number, percent, table, write_section
from tests.benchmarks.evaluation_scoreboard_estimators import refusal_of

Floats = NDArray[np.float64]
POSITIONS = 3
FULL_DATA = {"random": 0.0051, "bts": 0.0067}
"""Click rates of the full men's logs, as published with the data set."""
NAMES = {"random": "uniform", "bts": "Thompson sampling"}


@dataclass(frozen=True)
class BanditLog:
    """n impressions, A items."""

    item: NDArray[np.int16]  # (n,)
    position: NDArray[np.int64]  # (n,) 0..2
    click: Floats  # (n,)
    propensity: Floats  # (n,) of the item shown, given its position
    n_items: int


def read_log(folder: Path, policy: str) -> BanditLog:
    """One of the two logs: `random` or `bts`."""
    rows = pl.read_csv(
        folder / policy / "men.csv", columns=["item_id", "position", "click", "propensity_score"]
    )
    item = rows["item_id"].to_numpy().astype(np.int16)
    return BanditLog(
        item=item,
        position=rows["position"].to_numpy().astype(np.int64) - 1,
        click=rows["click"].to_numpy().astype(np.float64),
        propensity=rows["propensity_score"].to_numpy().astype(np.float64),
        n_items=int(item.max()) + 1,
    )


def mean_probabilities(log: BanditLog) -> Floats:
    """(3, A) mean propensity of each item in each position where it was shown there, made to sum to 1.

    Thompson sampling changes from hour to hour and only the propensity of what was shown is logged. An item
    is shown as often as it is probable, so that the plain mean over its impressions is too large; the
    harmonic mean undoes that.
    """
    cell = log.position * log.n_items + log.item
    size = POSITIONS * log.n_items
    count = np.bincount(cell, minlength=size)
    inverse = np.bincount(cell, weights=1 / log.propensity, minlength=size)
    mean = np.divide(count, inverse, out=np.zeros(size), where=inverse > 0).reshape(POSITIONS, -1)
    return mean / mean.sum(axis=1, keepdims=True)


def behaviour_of(log: BanditLog) -> Floats:
    """(n, A) logged propensities; the rest of 1 goes to the other items as they are shown on average."""
    rest = mean_probabilities(log)[log.position]
    row = np.arange(len(log.item))
    rest[row, log.item] = 0.0
    rest *= ((1 - log.propensity) / rest.sum(axis=1))[:, None]
    rest[row, log.item] = log.propensity
    return rest


def journeys_of(log: BanditLog) -> Journeys:
    """Every impression a journey of one decision, its position the state."""
    n = len(log.item)
    return Journeys(
        rows=np.arange(n),
        journey=np.arange(n),
        t=np.zeros(n, np.int32),
        cluster=np.arange(n),
        action=log.item,
        eligible=np.ones((n, log.n_items), bool),
        features=np.eye(POSITIONS)[log.position][:, 1:],
        outcomes=log.click[:, None],
        n_clusters=n,
        n_journeys=n,
        cluster_key=np.arange(n),
        scale=1.0 / n,
        outcome_names=("clicks",),
        outcome_units=("count",),
        actions=tuple(f"item {i}" for i in range(log.n_items)),
    )


def valued(log: BanditLog, target: Floats, truth: float, name: str) -> list[list[str]]:
    """Rows of the table for one direction; target (3, A) by position."""
    journeys = journeys_of(log)
    wide = target[log.position]
    dr = DoublyRobust(journeys, behaviour_of(log), folds=2, ridge=1.0)
    value = dr.value(wide)
    refused = refusal_of(dr, wide)
    refused = refused or outcome_refusals(journeys, dr.logged_outcomes).get("clicks")
    bootstrap = BootstrapT(journeys.cluster_key, seed=1)
    rows = []
    for estimator, contributions, gross in (
        ("DRL (headline)", value.double_reinforcement, value.gross),
        ("SNPDIS", value.importance, None),
    ):
        band = bootstrap.intervals(contributions, scale=journeys.scale, level=0.95, gross=gross)[0]
        interval = "–" if band is None else f"{percent(band.low, 2)} to {percent(band.high, 2)}"
        rows.append(
            [
                name,
                estimator,
                percent(float(journeys.scale * contributions.sum()), 2),
                interval,
                percent(truth, 2),
                number(value.support.min_effective_sample_size, 0),
                number(value.support.max_weight, 1),
                recorded(refused, "impression") or "shown",
            ]
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open-bandit", type=Path, required=True)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    logs = {policy: read_log(options.open_bandit, policy) for policy in FULL_DATA}
    rows = []
    for logged in FULL_DATA:
        for wanted in FULL_DATA:
            name = f"{NAMES[logged]} -> {NAMES[wanted]}"
            rows += valued(logs[logged], mean_probabilities(logs[wanted]), FULL_DATA[wanted], name)
    text = (
        "## Two real bandit logs\n\nCommand: `python -m tests.benchmarks.evaluation_open_bandit "
        "--open-bandit FOLDER`. Click rates in the men's campaign of the Open Bandit Dataset, 10,000 "
        "impressions a log; *A -> B* values policy B from the log of policy A. B's probabilities are its "
        "mean ones per item and position, so the published full-data rate is near the truth and not the "
        "truth. Effective impressions: how many of the log's count for the target. The last column is what a "
        "reader of the report sees: the number, or why there is none.\n\n"
    )
    header = ["direction", "estimator", "estimate", "95 % interval", "full-data rate"]
    header += ["effective impressions", "largest weight", "verdict"]
    write_section("open bandit", text + table(header, sorted(rows)), options.page)


if __name__ == "__main__":
    main()
