"""Why the verdict is what it is: one sentence per kind, and what stands around it in the night's files."""

from collections.abc import Callable

from models.results import (
    ArmsJudged,
    Better,
    HeldBack,
    LevelsJudged,
    LossPossible,
    NoneJudged,
    NotDrawn,
    NothingPasses,
    NotSupported,
    OneArm,
    OutcomeAtRisk,
    OverBudget,
    Refusal,
    RegionsJudged,
    SeveralJudged,
    SplitDecision,
    SplitRow,
    Stopped,
    TargetAtRisk,
    TargetUnmet,
    Uplift,
    Vocabulary,
    WaitsForAllNights,
)
from reports.numbers import NBSP
from reports.sentences import counted, guardrails, levels, regions, trials
from reports.sentences.amounts import interval_words, money, whole
from reports.sentences.health import check_text
from reports.sentences.holds import hold_text
from reports.sentences.log_why import said_of_the_log
from reports.sentences.refusals import recorded
from reports.sentences.step_limits import cause, everyone, limited_text
from reports.sentences.targets import target_text, target_unmet_text
from reports.sentences.todays_budgets import above_total, breaks_bounds
from reports.words import listed, period, row_name

Refused = Callable[[Refusal], str]
"""How a page tells of a refused estimate: a full sentence."""


def why_text(split: SplitDecision, word: Vocabulary, currency: str) -> str:
    """`why` of split.json: the decision, the money and the doubt."""
    if isinstance(split.why, Better):
        return _move(split, word, currency)
    if isinstance(split.why, ArmsJudged | LevelsJudged | SeveralJudged | RegionsJudged | OneArm | NotDrawn):
        return reason_text(split, word, currency)
    uplift, more = split.considered, _beside(split, word, currency)
    reason = reason_text(split, word, currency)
    if uplift is None or split.verdict == "NO_EVIDENCE":
        return f"Keep today's split. {reason}{more}"
    brings = "would bring" if uplift.estimate >= 0 else "came out, once checked, at"
    found = f"the best change found {brings} {_gain(uplift, '', split, currency)}"
    if isinstance(split.why, LossPossible):
        return f"Keep today's split: {found}, and {reason}{more}"
    return f"Keep today's split: {found}, but this cannot be relied on. {reason}{more}"


def rest_text(split: SplitDecision, word: Vocabulary, currency: str, refused: Refused) -> str:
    """What is left of it where headline and expectation have said what to do and what it would bring."""
    if isinstance(split.why, Better):
        return _sentence(_step(split, word))  # the table beside it tells of every row that is held back
    known = isinstance(split.why, LossPossible)
    said = "" if known else reason_text(split, word, currency, refused)
    return f"{said}{_beside(split, word, currency)}".strip()


def reason_text(split: SplitDecision, word: Vocabulary, currency: str, refused: Refused | None = None) -> str:
    """The sentence of the reason that decides the verdict; of a move, the gain that is beyond doubt."""
    why, limit = split.why, split.limited_by
    match why:
        case NoneJudged():
            held = "; ".join(f"{name} is {hold_text(hold, word)}" for name, hold in why.holds)
            return f"No {word.action} can be judged. {held}."
        case NothingPasses():
            judged = "The logs cannot judge the change that looked best, not even a small step of it"
            return f"{judged}." if limit is None else f"{judged}: {cause(limit, word)}."
        case TargetUnmet():
            return target_unmet_text(why, word, currency)
        case TargetAtRisk():
            return f"The target of {target_text(why.target, word, currency)} might be missed."
        case OverBudget():
            least, allowed = money(why.least, currency), money(why.allowed, currency)
            return f"It would spend at least {least}, above the budget of {allowed}."
        case ArmsJudged():
            answer = trials.AnswerWords(why.trial, word, currency)
            return f"{answer.headline} {check_text(why.stop, word, currency) if why.stop else answer.why}"
        case LevelsJudged():
            told = levels.LevelWords(why.levels.test, word, currency, why.levels)
            return f"{told.headline} {check_text(why.stop, word, currency) if why.stop else told.why}"
        case SeveralJudged() | RegionsJudged() if why.stop is not None:
            return check_text(why.stop, word, currency)
        case SeveralJudged():
            return f"{counted.headline(why.tests)} {counted.why(why.tests)}"
        case RegionsJudged():
            return f"{regions.headline(why.regions)} {regions.why(why.regions, currency)}"
        case OutcomeAtRisk():
            return guardrails.broken(why.bound, word.entity)
        case WaitsForAllNights():
            low = why.low
            bound = "which these logs are too small to give" if low is None else f"now {money(low, currency)}"
            return (
                "The night before kept today's split, and whoever looks every night will sooner or later see "
                "a good one by chance: a move now needs the bound that holds for every night together, "
                f"{bound}, to be above 0."
            )
        case Stopped():
            return check_text(why.check, word, currency)
        case NotSupported():
            if refused is not None:
                return refused(why.refusal)
            said = recorded(why.refusal, word.entity)
            return f"{said[:1].upper()}{said[1:]}."
        case _:
            return said_of_the_log(why, word)


def held_back_text(split: SplitDecision, word: Vocabulary) -> str:
    """What a MOVE_PARTLY leaves for later, and why; empty where nothing is."""
    if split.held_back is None:
        return ""
    return _sentence([*_held(split.held_back, word), *_step(split, word)])


def _step(split: SplitDecision, word: Vocabulary) -> list[str]:
    """What limited the step: a gate, or the largest step that the study allows."""
    if split.held_back is None:
        return []
    parts = [] if split.limited_by is None else [limited_text(split.limited_by, word)]
    if split.held_back.move_cap is not None:  # no amount of it beside a move, which is half as large
        parts.append(
            "the step is the largest that the study allows in a night, cuts and raises added up, and the "
            "next may go further"
        )
    return parts


def _sentence(parts: list[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _held(back: HeldBack, word: Vocabulary) -> list[str]:
    parts = []
    if back.held:
        verb = "keeps" if len(back.held) == 1 else "keep"
        parts.append(f"{listed(back.held)} {verb} today's budget, since the logs cannot judge it")
    if back.uncut:
        verb = "is" if len(back.uncut) == 1 else "are"
        parts.append(
            f"{listed(back.uncut)} {verb} not cut, since nearly {everyone(word)} {word.who} could {word.see} "
            f"{word.a_treatment} there is {word.shown} one"
        )
    return parts


def _beside(split: SplitDecision, word: Vocabulary, currency: str) -> str:
    """With today's split kept: what these logs could have confirmed, the budget that today's is above, and
    the bounds it breaks; from a space on."""
    said = ""
    if isinstance(split.why, LossPossible) and split.detectable is not None:
        said += (
            f" Logs like these confirm a gain of {whole(split.detectable, currency)} {_each(split)} "
            "four times in five, and smaller ones more rarely."
        )
    return f"{said}{above_total(split, word, currency)}{breaks_bounds(split, currency)}"


def _gain(uplift: Uplift, more: str, split: SplitDecision, currency: str) -> str:
    """`1,200 EUR a week (between ...)`. more: what stands after the money."""
    gain, between = interval_words(uplift.estimate, uplift.low, uplift.high, currency)
    return f"{gain}{more} {_each(split)} ({between})"


def _each(split: SplitDecision) -> str:
    """`a week`, with the plain spaces of text that is no page."""
    return period(split.period_days).replace(NBSP, " ")


def _move(split: SplitDecision, word: Vocabulary, currency: str) -> str:
    if split.uplift is None:
        raise ValueError("a move needs its uplift")
    gain = _gain(split.uplift, f" more {split.uplift.outcome}", split, currency)
    sentence = f"{_moves(split, currency)} We expect {gain}, {_budget(split, currency)}."
    return f"{sentence} {held_back_text(split, word)}".rstrip()


def _moves(split: SplitDecision, currency: str) -> str:
    each = _each(split)

    def change(row: SplitRow) -> float:
        return row.recommended - row.current

    down = sorted((r for r in split.rows if change(r) < 0), key=lambda r: (change(r), row_name(r)))
    up = sorted((r for r in split.rows if change(r) > 0), key=lambda r: (-change(r), row_name(r)))
    less, more = -sum(map(change, down)), sum(map(change, up))
    cut, raised = listed([row_name(r) for r in down]), listed([row_name(r) for r in up])
    if not up:
        return f"Spend {whole(less, currency)} {each} less on {cut}."
    if not down:
        return f"Spend {whole(more, currency)} {each} more on {raised}."
    if isinstance(split.why, Better) and split.why.same_budget:
        return f"Move {whole(more, currency)} {each} from {cut} to {raised}."
    if less > more:
        return (
            f"Take {whole(less, currency)} {each} out of {cut} and put {whole(more, currency)} of it into "
            f"{raised}."
        )
    return f"Spend {whole(more, currency)} {each} more on {raised} and {whole(less, currency)} less on {cut}."


def _budget(split: SplitDecision, currency: str) -> str:
    before, after = split.budget_current, split.budget_recommended
    if whole(before, currency) == whole(after, currency):
        return f"at the same budget of {whole(before, currency)}"
    return f"with a budget of {whole(after, currency)} instead of {whole(before, currency)}"
