"""Posts of accounts: two parts, two goals, and accounts that want other slots."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.results import PartsFound
from models.trials import TrialLog, judge_trial
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.social_posting import (
    BETWEEN,
    FOLLOWERS,
    FORMATS,
    PROFESSIONAL,
    SLOTS,
    SOCIAL_POSTING,
    Posts,
    draw_posts,
    means,
    posts,
    value,
    value_for_all,
)
from tests.benchmarks.decisions.figure import Figure
from tests.benchmarks.decisions.retention_offer import arms_of
from tests.benchmarks.decisions.trial_logs import trial_of

DRAWS = 20
PARTS = {"slot": SLOTS, "format": FORMATS}
FACTS = ("professional", "audience")


def figures() -> list[Figure]:
    truth = dict(zip(posts(), value_for_all(), strict=True))
    shares = np.array([1 - PROFESSIONAL, PROFESSIONAL])
    best = float(shares @ value().max(axis=1) - value_for_all().max())
    held, levels, named, told, gains, kept = [], 0, 0, 0, [], 0
    for seed in range(DRAWS):
        found = judge_trial(_log(_drawn(seed)), seed=seed)
        held += [one.value.low <= truth[one.arm] <= one.value.high for one in found.arms if one.value]
        if found.parts is not None:
            levels += _all_held(found.parts)
            named += _best_format(found.parts) == "carousel"
        if found.rule is None or found.rule.gain is None:
            continue
        told += found.chooses_by_rule
        fresh = _drawn(900 + seed)
        arm = arms_of(found.rule.tree, _facts(fresh, np.arange(len(fresh.kind))))
        index = np.array([posts().index(name) for name in arm])
        gains.append(float((fresh.scale * (value()[fresh.kind, index] - _for_all(fresh))).mean()))
        kept += found.rule.gain.low <= gains[-1]
    size = f"{SOCIAL_POSTING.entities:,} accounts and 12 weeks"
    by_followers = posts()[int((shares @ means(FOLLOWERS)).argmax())]
    return [
        Figure(
            "posts: the interval of each of nine holds its value, 95 %",
            f"{np.mean(held):.1%} of {len(held)}, {size} a log",
            float(np.mean(held)) >= 0.93,
        ),
        Figure(
            "posts: the intervals of all six slots and formats hold at once, 95 %",
            f"{levels} of {DRAWS} logs",
            levels >= DRAWS - 3,
        ),
        Figure(
            "posts: the format put first is the best one, 95 %; by followers alone it would be video",
            f"{named} of {DRAWS} logs; {by_followers} is worth "
            f"{truth[by_followers] / max(truth.values()):.0%} of the best post",
            named >= DRAWS - 1,
        ),
        Figure(
            "posts: a rule by account is told, with four fifths of what each kind's own slot earns",
            f"told in {told} of {DRAWS}; {np.mean(gains):.2f} of {best:.2f} EUR per post, "
            f"{np.min(gains):.2f} at least",
            told >= DRAWS - 1 and float(np.mean(gains)) >= 0.8 * best,
        ),
        Figure(
            "posts: what the rule earns keeps to its lower bound, 97.5 %",
            f"{kept} of {len(gains)}",
            kept >= len(gains) - 2,
        ),
    ]


def _drawn(seed: int) -> Posts:
    return draw_posts(Size(SOCIAL_POSTING.entities, SOCIAL_POSTING.days, seed, LAST_DAY))


def _facts(drawn: Posts, account: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    known = (drawn.kind[account].astype(np.float64), drawn.audience[account])
    return dict(zip(FACTS, known, strict=True))


def _log(drawn: Posts) -> TrialLog:
    free = np.zeros(len(drawn.post))
    facts = _facts(drawn, drawn.account)
    log = trial_of(drawn.post, posts(), drawn.earned, free, facts, parts=tuple(PARTS))
    return replace(log, entity=drawn.account * 7919)


def _for_all(drawn: Posts) -> NDArray[np.float64]:
    """(accounts,) EUR of the best post for all, at an average size."""
    return value()[drawn.kind, int(value_for_all().argmax())]


def _best_format(found: PartsFound) -> str:
    return max(
        (one for one in found.levels if one.part == "format"), key=lambda one: one.effect.estimate
    ).level


def _all_held(found: PartsFound) -> bool:
    """Whether every level's effect, against the mean of its part's levels, lies in its interval."""
    names = [post.split(BETWEEN) for post in posts()]
    truth, of = value_for_all(), list(PARTS)
    mean = {
        (part, level): truth[[told[of.index(part)] == level for told in names]].mean()
        for part in PARTS
        for level in PARTS[part]
    }
    effect = {(p, at): mean[p, at] - np.mean([mean[p, other] for other in PARTS[p]]) for p, at in mean}
    return all(one.effect.low <= effect[one.part, one.level] <= one.effect.high for one in found.levels)
