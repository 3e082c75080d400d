"""Page 1: what to do tonight, in words anyone understands."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from models.results import NightResult, NothingSpent, Uplift
from reports import decision, estimates, evidence, numbers, words
from reports.charts.strip import strip
from reports.judged_at import expected_of, judged_at
from reports.left_out import days_out
from reports.numbers import NBSP
from reports.pages.answer_table import answer_table
from reports.pages.personal import in_a_line
from reports.svg import Chart
from reports.tables import Table, figure


@dataclass(frozen=True)
class VerdictPage:
    verdict: str
    label: str
    headline: str
    condition: str
    """What every figure below rests on; it stands before them."""
    expectation: str
    chance: Markup
    """How likely it is that a gain is one, or empty where no figure can be relied on."""
    why: str
    do: str
    table: Table | None
    strip: Chart | None
    personal: str
    """What personalised delivery would add, or why nothing is said of it."""
    basis: Markup
    """Which logs the verdict rests on, and how old they are."""
    missing: tuple[str, ...]


def _chance(result: NightResult, uplift: Uplift) -> Markup:
    said = Markup(
        "The chance that {} beats today’s split is {}, measured on {}, with every split counted that "
        "could have been picked instead."
    ).format(
        "it" if words.moves(result.split) else "this move",
        figure(numbers.share(uplift.probability_better), numbers.probability(uplift.probability_better)),
        words.judges(result),
    )
    return Markup("{} {}").format(said, _counted_alone(result)).rstrip()


def _counted_alone(result: NightResult) -> str:
    """Why the trust page calls the split `perhaps better` beside a chance near 1; empty where it does not."""
    rows = evidence.compared(result)
    if not any(estimates.is_recommended(e.policy) and e.verdict == "perhaps better" for e in rows):
        return ""
    plans = words.counted(len(rows), "plan")
    return (
        f"That counts this split alone; “Can I trust this?” counts that {plans} were compared, and therefore "
        "says “perhaps better”."
    )


def _nothing_read(result: NightResult) -> str:
    return "Not one decision to learn from could be read." if result.decisions == 0 else ""


def _what_to_do(result: NightResult) -> str:
    if words.moves(result.split):
        return (
            f"Type the bold budgets into your {result.vocabulary.platforms}, and let them deliver as they do "
            "today."
        )
    split = result.split
    if split.over_budget is not None:
        share, money = split.over_budget / split.budget_current, numbers.budget(split.over_budget)
        how = f"type in {numbers.percent(share)} of today’s everywhere"
        if split.cut_budgets:
            how = (
                "type in the bold budgets: today’s, cut in proportion as far as your limits allow, which "
                "these logs do not judge"
            )
        return (
            f"Nothing speaks for another split tonight; for the budget of {money}{NBSP}{result.currency}, "
            f"{how}."
        )
    if isinstance(result.split.why, NothingSpent) and result.personal and result.personal.free is not None:
        return "Nothing needs to be typed in: who gets what is in next_best_action.parquet."
    return "Nothing needs to be typed in tonight."


def _basis(result: NightResult) -> Markup:
    """`Based on 8,042 users and 610 purchases in the logs of ..., which end the day before this report.`"""
    if not result.logged_from:
        return Markup("")
    ended = (date.fromisoformat(result.as_of) - date.fromisoformat(result.logged_to)).days
    ago = "the day before this report" if ended == 1 else f"{words.days(ended)} before this report"
    word = result.vocabulary
    who = words.entities(result, result.users)
    if result.users_in_log is not None:
        who += f" (a sample of about {numbers.count(result.users_in_log)})"
    people = [who, words.counted(result.decisions, "decision")]
    bought = [t.good for t in result.tables if t.table == "purchases"]
    people += [words.counted(n, word.success, word.successes) for n in bought if n]
    out = f" Left out of them: {days_out(result)}." if result.excluded_share else ""
    said = Markup(
        "Based on {} in the logs of <time>{}</time> to <time>{}</time>, which end {}.{} {} {}"
    ).format(
        words.listed(people),
        result.logged_from,
        result.logged_to,
        ago,
        out,
        judged_at(result),
        expected_of(result),
    )
    return said.rstrip()


def verdict_page(result: NightResult) -> VerdictPage:
    d = result.split
    shown = d.uplift if words.moves(d) else d.considered
    relied = evidence.relied_on(result)
    trusted = shown is not None and relied and (words.moves(d) or shown.low <= 0)
    return VerdictPage(
        verdict=d.verdict,
        label=words.VERDICTS[d.verdict],
        headline=words.headline(result),
        condition=evidence.claim(result) if words.moves(d) or trusted else "",
        expectation=words.expectation(result, relied=relied),
        chance=_chance(result, shown) if shown is not None and trusted else Markup(""),
        why=decision.rest(result) or _nothing_read(result),
        do=_what_to_do(result),
        table=None if isinstance(d.why, NothingSpent) else answer_table(result),
        strip=None if shown is None else strip(result, shown),
        personal=in_a_line(result),
        basis=_basis(result),
        missing=decision.missing(result),
    )
