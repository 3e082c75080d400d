"""The benchmark of tests: what is said of arms whose truth is known.

    python -m tests.benchmarks.trials_scoreboard [--draws 500] [--resume] [--only coverage|verdicts|alarms]

Writes `tests/benchmarks/trials.md`: coverage of all differences at once, verdicts, and alarms. With --resume
rows that are there are not drawn again.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.progress import track

from models.evaluation import BootstrapT
from models.results import Answer
from models.trials import balance_check, compare_arms, decide_which, sample_ratio_check
from tests.benchmarks.json_lines import append_line, read_lines
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
    for seed in range(draws):
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
    setting = (
        f"| {shop.entities:,} | {100 * shop.rate:g} % | {shares} | {draws} | {100 * joint / draws:.1f} % "
    )
    return f"{setting}| {low} | {high} | {100 * float(np.mean(alone)):.1f} % | {float(np.mean(width)):.2f} |"


def said(name: str, draws: int) -> str:
    """The row of one setting: what the verdicts were."""
    shop, right = VERDICTS[name]
    bootstrap = BootstrapT(np.arange(shop.entities), seed=1)
    found: Counter[str] = Counter()
    idle = None if shop.idle is None else shop.arms[shop.idle]
    for seed in range(draws):
        verdict = decide_which(compare_arms(shop.draw(seed), bootstrap=bootstrap), idle)
        arms = f": {', '.join(sorted(verdict.arms))}" if verdict.kind != Answer.NOTHING else ""
        found[f"{verdict.kind}{arms}"] += 1
    told = ", ".join(f"{answer} {100 * n / draws:.1f} %" for answer, n in found.most_common())
    return f"| {name}, {shop.entities:,} entities | {draws} | {right} | {told} |"


def alarms(name: str, draws: int) -> str:
    """The row of one setting: how often sample ratio and balance raised an alarm."""
    ratio, balance = 0, 0
    for seed in range(draws):
        log = ALARMS[name].draw(seed)
        ratio, balance = (
            ratio + (not sample_ratio_check(log).passed),
            balance + (not balance_check(log).passed),
        )
    return f"| {name} | {draws} | {100 * ratio / draws:.2f} % | {100 * balance / draws:.2f} % |"


def rows_of(draws: int) -> dict[str, dict[str, Callable[[], str]]]:
    """Part -> row -> what draws it."""
    return {
        "coverage": {repr(shop): partial(covered, shop, draws) for shop in COVERED},
        "verdicts": {name: partial(said, name, draws // 2) for name in VERDICTS},
        "alarms": {name: partial(alarms, name, 4 * draws) for name in ALARMS},
    }


def page_text(drawn: dict[str, dict[str, str]]) -> str:
    """The page, of the rows drawn so far."""
    return "\n".join(
        [
            "# What is said of a randomised test",
            "",
            "Three arms drawn at random. A purchase comes with the probability told and, if it comes, is "
            f"log-normal with mean {MEAN_AMOUNT:g} and sigma {SIGMA:g}; one of three covariates tells: "
            "the truth is arithmetic (`tests/models/trials/shops.py`).",
            "",
            "## Do all three differences lie in their 95 % intervals at once?",
            "",
            "`low`, `high`: intervals that lay above, below the truth. `alone`: the intervals of each "
            "difference by itself. `half width` of the simultaneous ones, in currency units. Of 95 % "
            "the Monte-Carlo error is 1 point in 500 draws, 1.5 in 200. The fewer purchases an arm has, the "
            "more the guard against purchases that were not seen widens them.",
            "",
            "| entities | purchases | shares | draws | all at once | low | high | alone | half width |",
            "|---|---|---|---|---|---|---|---|---|",
            *drawn["coverage"].values(),
            "",
            "## What is said",
            "",
            "| truth | draws | right is | said |",
            "|---|---|---|---|",
            *drawn["verdicts"].values(),
            "",
            "## Alarms",
            "",
            "| 20,000 entities, drawn | draws | sample ratio | balance |",
            "|---|---|---|---|",
            *drawn["alarms"].values(),
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--only", choices=("coverage", "verdicts", "alarms"))
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--work", type=Path, default=Path("out/bench-trials"))
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    file = asked.work / "trials.jsonl"
    if not asked.resume:
        file.unlink(missing_ok=True)
    wanted = rows_of(asked.draws)
    there = {(r["part"], r["row"]): r["text"] for r in read_lines(file)}
    for part, row in track([(part, row) for part, rows in wanted.items() for row in rows]):
        if (part, row) not in there and asked.only in (None, part):
            there[part, row] = wanted[part][row]()
            append_line(file, {"part": part, "row": row, "text": there[part, row]})
    drawn = {p: {r: there[p, r] for r in rows if (p, r) in there} for p, rows in wanted.items()}
    asked.page.write_text(page_text(drawn))


if __name__ == "__main__":
    main()
