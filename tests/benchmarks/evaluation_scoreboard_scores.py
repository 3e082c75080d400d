"""From the records of many logs to scores: error, bias, coverage, ranking, and how often the alarm rings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from models.worlds.tabular_catalogue import Case
from tests.benchmarks.evaluation_scoreboard_candidates import candidates_of
from tests.benchmarks.evaluation_scoreboard_estimators import HEADLINE, RANKED
from tests.benchmarks.evaluation_scoreboard_logs import true_values

Floats = NDArray[np.float64]
Records = Sequence[dict[str, Any]]
TOP = 5
EQUAL = 1e-9
"""A true uplift below this share of today's profit is no uplift."""


@dataclass(frozen=True)
class Score:
    """One estimator of one quantity in one world, over L logs."""

    logs: int
    relative_rmse: float
    """Root mean squared error over the size: the truth, or for uplifts today's profit."""
    relative_bias: float
    bias_error: float
    """Monte-Carlo standard error of the bias, relative too."""
    coverage: float | None
    """Share of the intervals that hold the truth; None without intervals."""
    coverage_error: float
    """Its Monte-Carlo standard error."""
    truth_below: float
    """Share of intervals with the truth below them, and above."""
    truth_above: float
    width: float
    """Median width over the normal interval's."""
    shown_coverage: float | None
    """Coverage among the logs that our gates let through."""
    half_width: float
    """Median half-width of the interval, in the quantity's own unit."""


@dataclass(frozen=True)
class Ranking:
    """How well an estimator ranks the candidates of a world; regrets over today's profit."""

    spearman: float
    regret_1: float
    """Best true uplift minus that of the candidate ranked first, mean over logs."""
    regret_5: float
    """The same for the best of the five ranked first."""


@dataclass(frozen=True)
class Gate:
    """What choosing by lower bound and confirming on other users does in a world."""

    candidates: int
    worse: int
    """Candidates that are truly worse than today's delivery, or no better."""
    accepted: float
    """Share of logs in which a policy is accepted."""
    wrong: float
    """Share of logs in which a policy is accepted that is truly no better."""
    realised: float
    """Mean true uplift of what is done (0 where nothing is accepted), over the best candidate's."""
    false_bounds: float
    """Share of (log, worse candidate) with a lower bound above 0, without any confirmation."""


def score(case: Case, records: Records, estimator: str, quantity: str) -> Score:
    """Scores over the records of one world."""
    truth = true_values(case)[quantity]
    rows = [record["rows"][estimator][quantity] for record in records]
    found = np.array([np.nan if row[0] is None else row[0] for row in rows])
    size = abs(truth) if not quantity.startswith("uplift") else abs(float(case.world.truth(case.mu)[-1]))
    error = (found[np.isfinite(found)] - truth) / size if size > 0 else np.full(1, np.nan)
    shown = [not _refused(record, quantity) for record in records]
    known = np.array([row[1] is not None for row in rows])
    low, high, half = (
        np.array([row[i] if row[1] is not None else np.nan for row in rows], float) for i in (1, 2, 3)
    )
    inside = (low <= truth) & (truth <= high)
    count = int(known.sum())
    coverage = float(inside[known].mean()) if count else None
    gated = known & np.array(shown)
    return Score(
        logs=len(records),
        relative_rmse=float(np.sqrt((error**2).mean())),
        relative_bias=float(error.mean()),
        bias_error=float(error.std(ddof=1) / np.sqrt(len(error))) if len(error) > 1 else np.nan,
        coverage=coverage,
        coverage_error=binomial_error(coverage, count),
        truth_below=float((truth < low[known]).mean()) if count else np.nan,
        truth_above=float((truth > high[known]).mean()) if count else np.nan,
        width=float(np.median((high - low)[known] / (2 * half[known]))) if count else np.nan,
        shown_coverage=float(inside[gated].mean()) if gated.any() else None,
        half_width=float(np.median((high - low)[known]) / 2) if count else np.nan,
    )


def binomial_error(share: float | None, count: int) -> float:
    """Monte-Carlo standard error of a share; Agresti & Coull's (1998) so that 0 and 1 have one too."""
    if share is None or not count:
        return float("nan")
    adjusted = (share * count + 2) / (count + 4)
    return float(np.sqrt(adjusted * (1 - adjusted) / (count + 4)))


def refused_share(records: Records, quantity: str) -> float:
    """Share of logs for which the gates give no number."""
    return float(np.mean([_refused(record, quantity) for record in records]))


def disputed_share(records: Records) -> float:
    """How often the witnesses contradict the headline: the power, or in a Markov world the false alarms."""
    return float(np.mean([record["disputed"] for record in records]))


def ranking(case: Case, records: Records, estimator: str) -> Ranking:
    """Over the records that hold candidates."""
    uplifts = candidates_of(case.name)[1]
    size = abs(float(case.world.truth(case.mu)[-1]))
    if np.ptp(uplifts) <= EQUAL * size:  # all candidates are equal: nothing to rank
        return Ranking(float("nan"), 0.0, 0.0)
    found = []
    for record in records:
        estimates = np.array(
            [np.nan if e is None else e for e in record["candidates"]["estimates"][estimator]]
        )
        order = np.argsort(-np.nan_to_num(estimates, nan=-np.inf), kind="stable")
        rank = spearmanr(estimates, uplifts, nan_policy="omit").statistic
        best = uplifts.max()
        found.append((rank, (best - uplifts[order[0]]) / size, (best - uplifts[order[:TOP]].max()) / size))
    return Ranking(*(float(x) for x in np.mean(found, axis=0)))


def gate(case: Case, records: Records) -> Gate:
    """Over the records that hold candidates."""
    uplifts = candidates_of(case.name)[1]
    size = abs(float(case.world.truth(case.mu)[-1]))
    worse = uplifts <= EQUAL * size
    done, wrong, false = [], [], []
    for record in records:
        judged = record["candidates"]
        accepted = judged["report"] is not None and judged["report"] > 0
        done.append(uplifts[judged["chosen"]] if accepted else np.nan)
        wrong.append(accepted and bool(worse[judged["chosen"]]))
        lows = np.array([-np.inf if low is None else low for low in judged["low"]])
        false.append(float((lows[worse] > 0).mean()) if worse.any() else 0.0)
    best = max(float(uplifts.max()), EQUAL * size)
    return Gate(
        candidates=len(uplifts),
        worse=int(worse.sum()),
        accepted=float(np.isfinite(done).mean()),
        wrong=float(np.mean(wrong)),
        realised=float(np.nan_to_num(done).mean() / best) if uplifts.max() > EQUAL * size else float("nan"),
        false_bounds=float(np.mean(false)),
    )


def bias_over_half_width(case: Case, records: Records, quantity: str) -> float:
    """The headline's bias in units of its interval's median half-width: above 1, intervals miss."""
    found = score(case, records, HEADLINE, quantity)
    size = abs(true_values(case)[quantity])
    if quantity.startswith("uplift"):
        size = abs(float(case.world.truth(case.mu)[-1]))
    return found.relative_bias * size / found.half_width


def with_candidates(records: Records) -> list[dict[str, Any]]:
    """The records on which candidates were ranked."""
    return [record for record in records if all(name in _estimates(record) for name in RANKED)]


def _estimates(record: dict[str, Any]) -> dict[str, Any]:
    return record.get("candidates", {}).get("estimates", {})


def _refused(record: dict[str, Any], quantity: str) -> bool:
    outcome = quantity.removeprefix("uplift of ")
    return bool(record["refused"]) or outcome in record["refused outcomes"]
