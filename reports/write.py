"""Everything a night hands to people and machines, written from its frozen result."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from models.results import NightResult
from reports import words
from reports.exports.aggregates import aggregates_csv
from reports.exports.arms import arms_csv, differences_csv
from reports.exports.charts import charts_csv
from reports.exports.levels import levels_csv
from reports.exports.regions import regions_csv
from reports.exports.split import split_csv, split_json
from reports.exports.tables import (
    evaluation_csv,
    evaluation_parquet,
    evidence_csv,
    frontier_csv,
    health_json,
)
from reports.exports.workbook import split_xlsx
from reports.html import how_much_html, regions_html, report_html, which_one_html

Files = Mapping[str, Callable[[NightResult], bytes]]
"""Name -> content."""
FILES: Files = {
    "charts.csv": charts_csv,
    "evaluation.csv": evaluation_csv,
    "evaluation.parquet": evaluation_parquet,
    "evidence.csv": evidence_csv,
    "frontier.csv": frontier_csv,
    "health.json": health_json,
    "report.html": report_html,
    "split.csv": split_csv,
    "split.json": split_json,
    "split.xlsx": split_xlsx,
}

OF_A_SPLIT = (
    "charts.csv",
    "evaluation.csv",
    "evaluation.parquet",
    "evidence.csv",
    "frontier.csv",
    "split.csv",
    "split.xlsx",
)
WHICH_ONE_FILES: Files = {
    **{name: content for name, content in FILES.items() if name not in OF_A_SPLIT},
    "arms.csv": arms_csv,
    "differences.csv": differences_csv,
    "report.html": which_one_html,
}
"""Where the question is "which one": nothing of a split."""
HOW_MUCH_FILES: Files = {
    **{name: content for name, content in FILES.items() if name not in OF_A_SPLIT},
    "levels.csv": levels_csv,
    "report.html": how_much_html,
}
"""Where it is "how much"."""
REGIONS_FILES: Files = {
    **{name: content for name, content in FILES.items() if name not in OF_A_SPLIT},
    "regions.csv": regions_csv,
    "report.html": regions_html,
}
"""Where it is what regions gained."""

ADD_UP = 1e-3
"""How far the channels' parts may miss the uplift, as a share of the largest of them."""


def write_reports(result: NightResult, folder: Path) -> list[Path]:
    """Writes the report and the tables into `folder` and returns their paths, sorted by name.

    The same result gives the same bytes. Raises ValueError where the result contradicts itself: a verdict
    that does not exist, a budget that moves without a verdict that says so, an estimate given twice.
    """
    check_result(result)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in sorted(_files(result).items()):
        path = folder / name
        path.write_bytes(content(result))
        paths.append(path)
    return paths


def _files(result: NightResult) -> Files:
    shared: Files = {"aggregates.csv": aggregates_csv} if result.shared and result.shared.figures else {}
    if result.regions is not None:
        return {**REGIONS_FILES, **shared}
    if result.levels is not None:
        return {**HOW_MUCH_FILES, **shared}
    return {**(WHICH_ONE_FILES if result.trial or result.tests else FILES), **shared}


def check_result(result: NightResult) -> None:
    """Refuses what no reader should ever see."""
    decision = result.split
    if decision.verdict not in words.VERDICTS:
        raise ValueError(f"verdict {decision.verdict!r} is none of {', '.join(words.VERDICTS)}")
    if result.tier not in words.TIERS:
        raise ValueError(f"evidence tier {result.tier!r} is none of {', '.join(words.TIERS)}")
    if not words.moves(decision):
        moved = [words.row_name(r) for r in decision.rows if words.change(r) != 0]
        if moved:
            raise ValueError(
                f"verdict {decision.verdict} keeps today's split, but the budget of {moved[0]!r} moves: "
                "recommended must equal current in every row"
            )
    elif result.tier == "B":
        raise ValueError(f"verdict {decision.verdict} at tier B: impression-only logs allow no channel split")
    _check_parts(result)
    _refuse_twice("split row", [(r.channel, r.segment) for r in decision.rows])
    _refuse_twice("evidence", [(e.policy, e.outcome) for e in result.evidence])
    _refuse_twice("estimate", [(e.policy, e.outcome, e.estimator) for e in result.evaluation])


def _check_parts(result: NightResult) -> None:
    """The waterfall ends in the total, or it is none."""
    decision = result.split
    total = decision.uplift if words.moves(decision) else decision.considered
    if not result.pictures.channel_uplifts or total is None:
        return
    parts = math.fsum(u.estimate for u in result.pictures.channel_uplifts)
    size = max(abs(total.estimate), *(abs(u.estimate) for u in result.pictures.channel_uplifts))
    if abs(parts - total.estimate) > ADD_UP * size:
        raise ValueError(
            f"the channels' parts add up to {parts:,.2f}, but the uplift is {total.estimate:,.2f}"
        )


def _refuse_twice(what: str, keys: list[tuple[str | None, ...]]) -> None:
    twice = [key for key, n in Counter(keys).items() if n > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]} is given {keys.count(twice[0])} times; it must be given once")
