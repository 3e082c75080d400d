"""The page of a test's guardrails: what each arm does to what may not get worse."""

from models.results import ArmGuardrail, TrialResult
from reports import numbers, words
from reports.pages.page import Page, Part
from reports.sentences.trials import AnswerWords
from reports.tables import Column, Table, figure, text_column

NOTE = (
    "“Cannot be told” does not count as kept to: what is allowed lies inside the interval of the change, or "
    "there is no interval. “It breaks it”: the whole interval lies beyond what is allowed."
)


def guardrails_page(trial: TrialResult, said: AnswerWords) -> Page:
    """Every guardrail and arm: its level and that of idle, the change, how far it could go, what may be."""
    one = said.word.entity if trial.decisions == trial.entities else "decision"
    columns = (
        text_column(words.capital(said.word.action)),
        text_column("Outcome"),
        Column("Level", f"mean per {one}"),
        Column(words.capital(said.nothing), f"mean per {one}"),
        Column("Change", f"of what it is with {said.nothing}"),
        Column("Could change by", f"the bad end of its {numbers.percent(trial.level)} interval"),
        Column("May change by"),
        text_column("Kept to?"),
    )
    rows = [
        [
            said.name(held.arm),
            held.bound.outcome,
            *(figure(numbers.exact(level), _level(level, held)) for level in _levels(held)),
            _share(None if held.change is None else held.change.estimate),
            _share(held.bound.bound),
            _share(held.bound.worst),
            _kept(held),
        ]
        for held in trial.guardrails
    ]
    return Page((Part(table=Table("Guardrails", columns, rows, cards=True), note=NOTE),))


def _levels(held: ArmGuardrail) -> tuple[float, float]:
    return held.level, held.level_with_idle


def _level(level: float, held: ArmGuardrail) -> str:
    """Rates are small: three digits of the larger level."""
    return numbers.grouped(level, numbers.decimals_that_matter(_levels(held), most=6))


def _share(value: float | None) -> str:
    return figure(numbers.exact(value), numbers.percent(value, signed=True))


def _kept(held: ArmGuardrail) -> str:
    if held.bound.kept:
        return "yes"
    return "no: it breaks it" if held.is_broken else "cannot be told"
