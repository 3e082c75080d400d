"""The sentences, the page and the files of ordered levels."""

from dataclasses import replace
from pathlib import Path

from models.results import (
    Answer,
    ArcElasticity,
    Elasticity,
    Interval,
    LevelsJudged,
    LevelsResult,
    LevelValue,
    NightResult,
    Pictures,
    SplitDecision,
    TrialResult,
    TrialVerdict,
    vocabulary_of,
)
from reports.exports.levels import LEVEL_COLUMNS
from reports.glossary_levels import LEVELS_GLOSSARY
from reports.html import how_much_html
from reports.sentences.levels import LevelWords
from reports.write import write_reports
from tests.reports.samples import one_decision_each

WORD = vocabulary_of("product", action="discount", idle="0")


def level(at: float, value: float, *, may_be_best: bool) -> LevelValue:
    band = Interval(value, value - 1.0, value + 1.0)
    over = None if at == 0 else Interval(value - 4.0, value - 5.0, value - 3.0)
    return LevelValue(f"{at:g}", at, 500, value + 0.1, value, band, over, over, may_be_best)


ONE = LevelsResult(
    test=TrialResult(
        verdict=TrialVerdict(Answer.ONE, arms=("10",), worse=("0", "20")),
        idle="0",
        arms=(),
        differences=(),
        checks=(),
        entities=1500,
        decisions=1500,
        level=0.95,
    ),
    values=(
        level(0, 4.0, may_be_best=False),
        level(10, 6.0, may_be_best=True),
        level(20, 5.0, may_be_best=False),
    ),
    unit="%",
    degree=1,
    misfit=0.5,
    peak=12.04,
    demand="units",
    elasticity=Elasticity(Interval(-2.0, -2.5, -1.5), misfit=0.4),
)


def said(found: LevelsResult) -> LevelWords:
    return LevelWords(found.test, WORD, "EUR", found)


def verdict(kind: Answer, *arms: str) -> LevelsResult:
    return replace(ONE, test=replace(ONE.test, verdict=TrialVerdict(kind, arms=arms)))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_one_level_with_its_interval_beside_today() -> None:
    assert plain(said(ONE).headline) == "Give 10 %."
    assert plain(said(ONE).why) == (
        "10 % for all products brings 6.00 (5.00 to 7.00) EUR per product, cost taken off; beside 0 % "
        "that is "
        "+2.00 (+1.00 to +3.00). No other level may be the best one for all. A price higher by 1 % "
        "changes units by "
        "−2.00 (−2.50 to −1.50) %."
    )
    assert plain(said(ONE).curve) == (
        "Neighbours lend each other strength by a polynomial of degree 1; chance shows a misfit like "
        "its own in 50 % of "
        "cases. The curve is highest at 12 %, points between levels counted."
    )


def test_no_single_elasticity_is_told_where_none_fits() -> None:
    steps = (
        ArcElasticity(0.0, 10.0, -4.0, Interval(-4.0, -4.5, -3.5)),
        ArcElasticity(10.0, 20.0, -1.0, None),
    )
    found = said(replace(ONE, elasticity=Elasticity(Interval(-2.0, -2.5, -1.5), 0.01, steps)))
    assert plain(found.elasticity) == (
        "No single price elasticity fits these levels (if one did, they would look so in fewer than 5 % of "
        "cases): a price higher by 1 % changes units by −4.00 (−4.50 to −3.50) % between 0 and 10 % and "
        "−1.00 % between 10 and 20 %, each by itself."
    )
    assert found.elasticity in found.why


def test_a_curve_through_every_level_has_no_peak_to_tell() -> None:
    found = said(replace(ONE, degree=2, misfit=1.0))
    assert "highest" not in found.curve and "it tells of no point between them" in found.curve


def test_several_levels_are_named_and_one_is_advised() -> None:
    several = said(verdict(Answer.SEVERAL, "10", "20"))
    assert plain(several.headline) == "Give 10 %."
    assert "The best one for all is among 10 % and 20 %: 95 % sure." in plain(several.why)


def test_nothing_is_advised_where_any_may_be_best() -> None:
    nothing = said(verdict(Answer.NOTHING))
    assert nothing.headline == "The discounts cannot be told apart."
    assert "Any of the levels may be the best; the largest estimate is that of 10 %." in plain(nothing.why)


def test_a_level_that_nobody_was_given_is_named() -> None:
    why = plain(said(replace(ONE, undrawn=(5.0, 15.0))).why)
    assert "No product was given 5 % and 15 %, so nothing is said of them." in why


def test_the_page_and_the_files(tmp_path: Path) -> None:
    split = SplitDecision("CHOOSE", LevelsJudged(ONE, None), 7, 0.0, 0.0, None, ())
    bare: NightResult = replace(
        one_decision_each(), split=split, levels=ONE, vocabulary=WORD, evaluation=(), evidence=(), health=()
    )
    result = replace(bare, frontier=(), pictures=Pictures(), explanation=None, training=())
    html = how_much_html(result).decode()
    page = html[html.index("<body") : html.index('id="page-14"')].replace("\u00a0", " ")
    assert "Give 10 %." in page and "Best beyond doubt: 10 %" in page
    assert not any(word in page for word in ("split", "frontier", "channel", " user"))
    names = {path.name for path in write_reports(result, tmp_path)}
    assert names == {"health.json", "levels.csv", "report.html", "split.json"}
    assert '"why": "Give 10' in (tmp_path / "split.json").read_text()


def test_the_glossary_explains_every_column() -> None:
    told = {name for term in LEVELS_GLOSSARY for name in term.names}
    assert {c.removesuffix("_low").removesuffix("_high") for c in LEVEL_COLUMNS} <= told
