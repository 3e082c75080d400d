"""Creatives: many of few parts, many that are all alike, and Open Bandit's items."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.results import Answer, PartsFound
from models.trials import TrialLog, find_parts, judge_trial
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.creative import (
    CLICK_RATE,
    CLICK_WORTH,
    CREATIVE,
    OWN_SPREAD,
    PARTS,
    click_rates,
    creatives,
    draw_clicks,
)
from tests.benchmarks.decisions.figure import Figure
from tests.benchmarks.decisions.trial_logs import trial_of
from tests.sql.tiny_logs import real_data

DRAWS, NULLS = 40, 12


def figures() -> list[Figure]:
    return [*_strength(), _null(), *_open_bandit()]


def _log(size: Size, *, alike: bool = False) -> tuple[TrialLog, NDArray[np.float64]]:
    rates = click_rates(size, alike=alike)
    shown, clicked = draw_clicks(size, rates)
    free, earned = np.zeros(len(shown)), CLICK_WORTH * clicked
    log = trial_of(shown, creatives(), earned, free, {}, parts=tuple(PARTS))
    return log, CLICK_WORTH * rates


def _strength() -> list[Figure]:
    own, lent, knew, held, levels, won = [], [], [], [], [], []
    for seed in range(DRAWS):
        log, truth = _log(Size(CREATIVE.entities, 14, seed, LAST_DAY))
        found = find_parts(log, level=0.95)
        assert found is not None
        alone, together = np.array([[a.own, a.value.estimate] for a in found.arms]).T
        own.append(np.mean((alone - truth) ** 2))
        lent.append(np.mean((together - truth) ** 2))
        knew.append(np.mean((_knowing(log, alone) - truth) ** 2))
        held.append(
            np.mean([a.value.low <= t <= a.value.high for a, t in zip(found.arms, truth, strict=True)])
        )
        levels.append(_all_held(found, truth))
        gains = [truth[pick.argmax()] - truth.mean() for pick in (alone, together)]
        won.append([gain / (truth.max() - truth.mean()) for gain in gains])
    error, known = (float(np.sqrt(np.mean(one) / np.mean(own))) for one in (lent, knew))
    by_own, by_lent = np.mean(won, axis=0)
    return [
        Figure(
            "40 creatives, 60,000 impressions: parts lend strength, at most 5 % more error than of one who "
            "knows how much is a creative's own",
            f"{error / known:.2f} times theirs, {error:.0%} of that of each one's own mean; {DRAWS} logs",
            error <= 1.05 * known,
        ),
        Figure(
            "40 creatives: the one put first realises more of the best one's gain than the best mean does",
            f"{by_lent:.0%} against {by_own:.0%} on average",
            bool(by_lent > by_own),
        ),
        Figure(
            "40 creatives: the interval of each holds its truth, 95 %",
            f"{np.mean(held):.1%} of {DRAWS * 40:,}",
            float(np.mean(held)) >= 0.93,
        ),
        Figure(
            "40 creatives: the intervals of all eleven levels hold at once, 95 %",
            f"{sum(levels)} of {DRAWS} logs",
            sum(levels) >= DRAWS - 5,
        ),
    ]


def _knowing(log: TrialLog, own: NDArray[np.float64]) -> NDArray[np.float64]:
    """(40,) values by one who knows the spread of what is a creative's own."""
    names = [creative.split(" / ") for creative in creatives()]
    parts = [
        [told[i] == at for told in names] for i, part in enumerate(PARTS) for at in list(PARTS[part])[1:]
    ]
    design = np.column_stack([np.ones(len(names)), *np.array(parts, float)])
    rate = CLICK_RATE * CLICK_WORTH
    variance = CLICK_WORTH**2 * CLICK_RATE / log.decisions
    spread = (OWN_SPREAD * rate) ** 2
    weight = 1 / (variance + spread)
    fitted = design @ np.linalg.solve((design.T * weight) @ design, (design.T * weight) @ own)
    return fitted + spread * weight * (own - fitted)


def _all_held(found: PartsFound, truth: np.ndarray) -> bool:
    """Whether every level's effect lies in its interval."""
    names = [creative.split(" / ") for creative in creatives()]
    mean = {
        (part, level): truth[[told[i] == level for told in names]].mean()
        for i, part in enumerate(PARTS)
        for level in PARTS[part]
    }
    effect = {(p, at): mean[p, at] - np.mean([mean[p, other] for other in PARTS[p]]) for p, at in mean}
    return all(one.effect.low <= effect[one.part, one.level] <= one.effect.high for one in found.levels)


def _null() -> Figure:
    won = parts = 0
    for seed in range(NULLS):
        log, _ = _log(Size(10_000, 14, 500 + seed, LAST_DAY), alike=True)
        won += judge_trial(log, seed=seed).verdict.kind != Answer.NOTHING
        found = find_parts(log, level=0.95)
        assert found is not None
        parts += any(one.effect.low > 0 or one.effect.high < 0 for one in found.levels)
    return Figure(
        "40 creatives that are alike have no winner, and none of their parts either: 5 % of the logs",
        f"a winner in {won} of {NULLS} logs, a part in {parts}",
        won <= 2 and parts <= 2,
    )


def _open_bandit() -> list[Figure]:
    folder = real_data("open_bandit_men")
    if folder is None:
        return []
    rows = pl.read_csv(folder / "random/men.csv")
    items, arm = np.unique(rows["item_id"].to_numpy(), return_inverse=True)
    log = trial_of(arm, tuple(map(str, items)), rows["click"].to_numpy(), np.zeros(len(arm)), {})
    verdict = judge_trial(log, seed=1).verdict
    return [
        Figure(
            "Open Bandit men, 34 items, 46 clicks: no item is called the best",
            f"{verdict.kind}, {len(verdict.arms)} of 34 named",
            verdict.kind == Answer.NOTHING or len(verdict.arms) > 1,
        ),
    ]
