"""The benchmark of tests: what is said of arms whose truth is known.

    python -m tests.benchmarks.trials_scoreboard [--draws 500]

Writes `tests/benchmarks/trials.md`: coverage of all differences at once, verdicts, and alarms.
"""

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.progress import track

from models.evaluation import BootstrapT
from models.results import Answer
from models.trials import balance_check, compare_arms, decide_which, sample_ratio_check
from tests.models.trials.shops import MEAN_AMOUNT, SIGMA, Shop

PAGE = Path(__file__).with_name("trials.md")
THIRDS, UNEVEN = (1 / 3, 1 / 3, 1 / 3), (0.8, 0.1, 0.1)
COVERED = [
    Shop(n, rate=rate, lifts=(1.0, 1.2, 1.5), costs=(0.0, 0.1, 0.1), shares=shares)
    for n in (1_000, 5_000, 50_000)
    for rate, shares in ((0.01, THIRDS), (0.03, THIRDS), (0.1, THIRDS), (0.03, UNEVEN))
]
HALVES = Shop(20_000, lifts=(1.0, 1.0), costs=(0.0, 0.0), shares=(0.5, 0.5))
VERDICTS = {
    "three arms alike": (Shop(20_000), "nothing"),
    "two arms alike, neither idle": (replace(HALVES, idle=None), "nothing"),
    "two mailings that pay nothing back": (Shop(50_000, costs=(0.0, 1.0, 1.0)), "idle: none"),
    "two that beat none alike": (Shop(50_000, lifts=(1.0, 1.6, 1.6), costs=(0.0, 0.1, 0.1)), "several: b, c"),
    "one that beats none and the other": (
        Shop(50_000, lifts=(1.0, 1.2, 1.9), costs=(0.0, 0.1, 0.1)),
        "one: c",
    ),
}
"""Setting -> its test, and what is to be said of it."""
ALARMS = {
    "3 arms as told": Shop(20_000),
    "80 / 10 / 10 as told": Shop(20_000, shares=UNEVEN),
    "52 / 48, told 50 / 50": replace(HALVES, shares=(0.52, 0.48), told=(0.5, 0.5)),
}


def covered(shop: Shop, draws: int) -> str:
    """The row of one setting: how often all differences lay in their intervals at once."""
    bootstrap = BootstrapT(np.arange(shop.entities), seed=1)
    joint, low, high, alone, width = 0, 0, 0, [], []
    for seed in track(range(draws), description=f"{shop.entities:,} at {shop.rate:g}"):
        missed = 0
        for d in compare_arms(shop.draw(seed), bootstrap=bootstrap).differences:
            truth = shop.truth[shop.arms.index(d.arm)] - shop.truth[shop.arms.index(d.other)]
            assert d.interval is not None and d.alone is not None
            low, high = low + (truth < d.interval.low), high + (truth > d.interval.high)
            missed += not d.interval.low <= truth <= d.interval.high
            alone.append(d.alone.low <= truth <= d.alone.high)
            width.append((d.interval.high - d.interval.low) / 2)
        joint += missed == 0
    shares = " / ".join(f"{100 * s:.0f}" for s in shop.shares)
    setting = f"| {shop.entities:,} | {100 * shop.rate:g} % | {shares} | {100 * joint / draws:.1f} % "
    return f"{setting}| {low} | {high} | {100 * float(np.mean(alone)):.1f} % | {float(np.mean(width)):.2f} |"


def said(shop: Shop, draws: int) -> Counter[str]:
    """What the verdicts were."""
    bootstrap = BootstrapT(np.arange(shop.entities), seed=1)
    found: Counter[str] = Counter()
    idle = None if shop.idle is None else shop.arms[shop.idle]
    for seed in track(range(draws), description="verdicts"):
        verdict = decide_which(compare_arms(shop.draw(seed), bootstrap=bootstrap), idle)
        arms = f": {', '.join(sorted(verdict.arms))}" if verdict.kind != Answer.NOTHING else ""
        found[f"{verdict.kind}{arms}"] += 1
    return found


def alarms(shop: Shop, draws: int) -> tuple[float, float]:
    """Shares of draws in which the sample ratio and the balance raised an alarm."""
    logs = [shop.draw(seed) for seed in range(draws)]
    ratio = np.mean([not sample_ratio_check(log).passed for log in logs])
    return float(ratio), float(np.mean([not balance_check(log).passed for log in logs]))


def page_text(draws: int) -> str:
    """The page."""
    error = 100 * (0.05 * 0.95 / draws) ** 0.5
    lines = [
        "# What is said of a randomised test",
        "",
        f"Three arms drawn at random, {draws} draws of each row (Monte-Carlo error of a 95 % figure "
        f"{error:.1f} points). A purchase comes with the probability told and, if it comes, is log-normal "
        f"with mean {MEAN_AMOUNT:g} and sigma {SIGMA:g}; one of three covariates foretells it. The truth is "
        "arithmetic (`tests/models/trials/shops.py`).",
        "",
        "## Do all three differences lie in their 95 % intervals at once?",
        "",
        "`low`, `high`: intervals that lay above, below the truth. `alone`: the intervals of each difference "
        "by itself. `half width` of the simultaneous ones, in currency units. They are too wide where an arm "
        "has fewer than about ten purchases.",
        "",
        "| entities | purchases | shares | all at once | low | high | alone | half width |",
        "|---|---|---|---|---|---|---|---|",
        *(covered(shop, draws) for shop in COVERED),
        "",
        "## What is said",
        "",
        "| truth | right is | said |",
        "|---|---|---|",
    ]
    for name, (shop, right) in VERDICTS.items():
        found = said(shop, draws).most_common()
        told = ", ".join(f"{answer} {100 * n / draws:.1f} %" for answer, n in found)
        lines.append(f"| {name}, {shop.entities:,} entities | {right} | {told} |")
    lines += [
        "",
        "## Alarms",
        "",
        f"Of {4 * draws} draws of 20,000 entities.",
        "",
        "| drawn | sample ratio | balance |",
        "|---|---|---|",
    ]
    for name, shop in ALARMS.items():
        ratio, balance = alarms(shop, 4 * draws)
        lines.append(f"| {name} | {100 * ratio:.2f} % | {100 * balance:.2f} % |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    asked.page.write_text(page_text(asked.draws))


if __name__ == "__main__":
    main()
