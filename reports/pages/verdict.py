"""Page 1: what to do tonight, in words anyone understands."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from models.results import NightResult, Uplift
from reports import decision, evidence, numbers, words
from reports.charts.strip import strip
from reports.numbers import NBSP
from reports.svg import Chart
from reports.tables import figure


@dataclass(frozen=True)
class Tile:
    """One big figure with a line above and a line below."""

    head: str
    figure: str | Markup
    below: str | Markup


@dataclass(frozen=True)
class VerdictPage:
    verdict: str
    label: str
    headline: str
    expectation: str
    why: str
    condition: str
    do: str
    basis: Markup
    """Which logs the verdict rests on, and how old they are."""
    missing: tuple[str, ...]
    tiles: tuple[Tile, ...]
    strip: Chart | None


def _budget_tile(result: NightResult) -> Tile:
    d = result.split
    same = numbers.budget(d.budget_current) == numbers.budget(d.budget_recommended)
    shown = figure(numbers.money(d.budget_recommended), numbers.budget(d.budget_recommended))
    below = (
        "the same as today" if same else f"today {numbers.budget(d.budget_current)}{NBSP}{result.currency}"
    )
    return Tile("Total budget", Markup("{} <i>{}</i>").format(shown, words.budget_money(result)), below)


def _gain_tile(result: NightResult, uplift: Uplift) -> Tile:
    text = numbers.interval(uplift.estimate, uplift.low, uplift.high, signed=True, most=2)
    shown = figure(numbers.money(uplift.estimate), text.estimate)
    return Tile(
        f"Expected extra {uplift.outcome}",
        Markup("{} <i>{}</i>").format(shown, words.budget_money(result)),
        f"{text.between}, {numbers.percent(uplift.level)} sure",
    )


def _chance_tile(result: NightResult, uplift: Uplift) -> Tile:
    return Tile(
        f"Chance that {'it' if words.moves(result.split) else 'the best move'} beats today’s split",
        figure(numbers.share(uplift.probability_better), numbers.probability(uplift.probability_better)),
        f"measured on {words.entities(result, result.users_report)} that had no part in choosing it",
    )


def _evidence_tile(result: NightResult) -> Tile:
    if result.decisions == 0:
        return Tile("What the logs show", "Nothing", "not one decision to learn from could be read")
    first, _ = words.tier(result)
    return Tile("What the logs show", f"Evidence {result.tier}", first)


def _what_to_do(result: NightResult) -> str:
    if words.moves(result.split):
        return (
            f"Type the budgets of the table below into your {result.vocabulary.platforms}, and let them "
            "deliver as they do today."
        )
    split = result.split
    if split.over_budget is not None:
        share, money = split.over_budget / split.budget_current, numbers.budget(split.over_budget)
        return (
            f"Nothing speaks for another split tonight; for the budget of {money}{NBSP}{result.currency}, "
            f"type in {numbers.percent(share)} of today’s everywhere."
        )
    return "Nothing needs to be typed in tonight."


def _condition(result: NightResult) -> str:
    """What a promised gain rests on at tier A, where delivery may have known more than the logs hold."""
    if not words.moves(result.split) or result.tier != "A":
        return ""
    return evidence.claim(result)


def _basis(result: NightResult) -> Markup:
    """`Based on 8,042 users and 610 purchases in the logs of ..., which end the day before this report.`"""
    if not result.logged_from:
        return Markup("")
    ended = (date.fromisoformat(result.as_of) - date.fromisoformat(result.logged_to)).days
    ago = "the day before this report" if ended == 1 else f"{words.days(ended)} before this report"
    word = result.vocabulary
    people = [words.entities(result, result.users), words.counted(result.decisions, "decision")]
    bought = [t.good for t in result.tables if t.table == "purchases"]
    people += [words.counted(n, word.success, word.successes) for n in bought]
    return Markup("Based on {} in the logs of <time>{}</time> to <time>{}</time>, which end {}.").format(
        words.listed(people), result.logged_from, result.logged_to, ago
    )


def verdict_page(result: NightResult) -> VerdictPage:
    d = result.split
    shown = d.uplift if words.moves(d) else d.considered
    relied = evidence.relied_on(result)
    tiles = [_budget_tile(result)]
    if shown is not None and words.moves(d):
        tiles.append(_gain_tile(result, shown))
    if shown is None or not relied or (shown.low > 0 and not words.moves(d)):
        tiles.append(_evidence_tile(result))  # nothing was found, or what was found cannot be relied on
    else:
        tiles.append(_chance_tile(result, shown))
    return VerdictPage(
        verdict=d.verdict,
        label=words.VERDICTS[d.verdict],
        headline=words.headline(result),
        expectation=words.expectation(result, relied=relied),
        why=decision.rest(result),
        condition=_condition(result),
        do=_what_to_do(result),
        basis=_basis(result),
        missing=decision.missing(result),
        tiles=tuple(tiles),
        strip=None if shown is None else strip(result, shown),
    )
