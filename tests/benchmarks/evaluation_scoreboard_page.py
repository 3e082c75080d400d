"""The scoreboard's section of evaluation.md."""

from collections.abc import Sequence

import numpy as np

from models.worlds.tabular_catalogue import Case
from tests.benchmarks.evaluation_page import number, percent, signed, table
from tests.benchmarks.evaluation_scoreboard_decisions import gate_text, hidden_text, ranking_text
from tests.benchmarks.evaluation_scoreboard_estimators import ESTIMATORS, HEADLINE
from tests.benchmarks.evaluation_scoreboard_logs import ESTIMATED, case_of
from tests.benchmarks.evaluation_scoreboard_scores import (
    Records,
    Score,
    binomial_error,
    refused_share,
    score,
)

UPLIFT = "uplift of profit"


def scoreboard_text(results: dict[str, Records], command: str, seed: int) -> str:
    """All tables. results: world -> its records."""
    results = {world: records for world, records in results.items() if records}
    cases = {world: case_of(world)[0] for world in results}
    true_mu = [w for w in results if not w.endswith(ESTIMATED)]
    markov = [w for w in true_mu if cases[w].markov]
    hidden = [w for w in true_mu if not cases[w].markov]
    counts = sorted({len(records) for records in results.values()})
    scores = {
        (w, e, q): score(cases[w], results[w], e, q)
        for w in results
        for e in ESTIMATORS
        for q in ("margin", UPLIFT)
    }
    parts = [
        "## Worlds with exact truth",
        f"Command: `{command}`; seed {seed}; {' or '.join(map(str, counts))} logs per world. Truth by "
        "dynamic programming; propensities are the true ones unless a table says otherwise.",
        _worlds(cases, results, true_mu),
        _summary(scores, markov, "margin"),
        _summary(scores, markov, UPLIFT),
        _by_world(scores, markov, "margin"),
        _coverage(scores, markov),
        _estimated(scores, results),
        hidden_text(scores, cases, results, markov, hidden),
        ranking_text(cases, results, true_mu),
        gate_text(cases, results, true_mu),
    ]
    return "\n\n".join(part.strip() for part in parts if part)


def _worlds(cases: dict[str, Case], results: dict[str, Records], worlds: Sequence[str]) -> str:
    rows = []
    for w in sorted(worlds):
        case, records = cases[w], results[w]
        uplift = case.world.truth(case.target)[-1] / case.world.truth(case.mu)[-1] - 1
        rows.append(
            [
                w,
                case.story,
                f"{case.entities * case.per_entity:,}",
                f"{np.mean([r['purchases'] for r in records]):,.0f}",
                f"{np.median([r['ess'] for r in records]):,.0f}",
                signed(uplift),
                percent(refused_share(records, "margin")),
            ]
        )
    text = (
        "### The worlds\n\nOne row per world. Purchases: mean per log. Effective journeys: how many of the "
        "journeys went the target's way, the median over logs of the smallest effective sample size of "
        "running weights (those of SNDR; the headline's are larger). Uplift: what the target truly earns "
        "more than today's delivery. Refused: share of logs for which our gates give no number.\n\n"
    )
    header = ["world", "what it is", "journeys", "purchases", "effective journeys", "true uplift", "refused"]
    return text + table(header, rows)


def _summary(scores: dict[tuple[str, str, str], Score], worlds: Sequence[str], quantity: str) -> str:
    if not worlds:
        return ""
    rows = []
    for e in ESTIMATORS:
        mine = [scores[w, e, quantity] for w in worlds]
        covered = [s.coverage for s in mine if s.coverage is not None]
        rows.append(
            (
                float(np.median([s.relative_rmse for s in mine])),
                [
                    f"**{e}**" if e == HEADLINE else e,
                    number(float(np.median([s.relative_rmse for s in mine]))),
                    number(max(s.relative_rmse for s in mine)),
                    signed(max((s.relative_bias for s in mine), key=abs)),
                    percent(float(np.mean(covered)), 1) if covered else "–",
                    percent(min(covered), 1) if covered else "–",
                    percent(_mean([s.truth_above for s in mine]), 1),
                    percent(_mean([s.truth_below for s in mine]), 1),
                    number(_median([s.width for s in mine]), 2),
                ],
            )
        )
    what = (
        "the margin that the target earns" if quantity == "margin" else "the profit it earns more than today"
    )
    luck = binomial_error(0.95, min(scores[w, HEADLINE, quantity].logs for w in worlds))
    text = (
        f"### All estimators, {len(worlds)} Markov worlds: {quantity}\n\nHow far each is from {what}. "
        "Error and bias are relative (to the truth, for the uplift to today's profit); the best has the "
        "smallest median error and stands first. Coverage should be 95 %; truth above says how often the "
        "interval was too low. Width: over the normal interval around the same estimate. The worst of many "
        f"worlds is partly luck: one world's coverage has a Monte-Carlo standard error of {percent(luck, 1)} "
        "where the truth is 95 %.\n\n"
    )
    header = [
        "estimator",
        "median RMSE",
        "worst RMSE",
        "worst bias",
        "mean coverage",
        "worst coverage",
        "truth above",
        "truth below",
        "width",
    ]
    return text + table(header, [row for _, row in sorted(rows, key=lambda r: r[0])])


def _by_world(scores: dict[tuple[str, str, str], Score], worlds: Sequence[str], quantity: str) -> str:
    if not worlds:
        return ""
    rows = [
        [w, *(number(scores[w, e, quantity].relative_rmse) for e in ESTIMATORS)]
        for w in sorted(worlds, key=lambda w: scores[w, HEADLINE, quantity].relative_rmse)
    ]
    title = f"### Relative RMSE of the {quantity}, world by world"
    return f"{title}\n\nSmaller is better; the easiest world first.\n\n" + table(["world", *ESTIMATORS], rows)


def _coverage(scores: dict[tuple[str, str, str], Score], worlds: Sequence[str]) -> str:
    if not worlds:
        return ""
    rows = []
    for w in sorted(worlds, key=lambda w: scores[w, HEADLINE, "margin"].coverage or 0):
        row = [w]
        for quantity in ("margin", UPLIFT):
            s = scores[w, HEADLINE, quantity]
            row += [
                percent(s.coverage, 1),
                percent(s.coverage_error, 1),
                percent(s.truth_above, 1),
                percent(s.truth_below, 1),
                number(s.width, 2),
                percent(s.shown_coverage, 1),
            ]
        rows.append(row)
    text = (
        "### Coverage of the headline's 95 % intervals\n\nMargin on the left, uplift of profit on the right. "
        "± is the Monte-Carlo standard error of the coverage: two of them from 95 % is no news. Shown: "
        "coverage among the logs that the gates let through, which is what a reader sees. Lowest first.\n\n"
    )
    columns = ("coverage", "±", "truth above", "truth below", "width", "shown")
    header = [f"{what}: {column}" for what in ("margin", "uplift") for column in columns]
    return text + table(["world", *header], rows)


def _estimated(scores: dict[tuple[str, str, str], Score], results: dict[str, Records]) -> str:
    worlds = [w for w in results if w.endswith(ESTIMATED) and w.removesuffix(ESTIMATED) in results]
    if not worlds:
        return ""
    rows = []
    for w in sorted(worlds):
        for e in ESTIMATORS:
            with_true, estimated = scores[w.removesuffix(ESTIMATED), e, "margin"], scores[w, e, "margin"]
            rows.append(
                [
                    w.removesuffix(ESTIMATED),
                    e,
                    number(with_true.relative_rmse),
                    number(estimated.relative_rmse),
                    signed(with_true.relative_bias),
                    signed(estimated.relative_bias),
                    percent(with_true.coverage, 1),
                    percent(estimated.coverage, 1),
                ]
            )
    text = (
        "### Propensities estimated from the log\n\nThe same logs, once with the true propensities and once "
        "with cross-fitted counts per state and action. An estimator that loses nothing by estimating them "
        "has the same error and coverage in both columns.\n\n"
    )
    header = ["world", "estimator"]
    for what in ("RMSE", "bias", "coverage"):
        header += [f"{what}, true mu", f"{what}, estimated mu"]
    return text + table(header, rows)


def _mean(values: Sequence[float]) -> float | None:
    known = [v for v in values if v == v]
    return float(np.mean(known)) if known else None


def _median(values: Sequence[float]) -> float | None:
    known = [v for v in values if v == v]
    return float(np.median(known)) if known else None
