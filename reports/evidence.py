"""What speaks for each plan against today's delivery, and whether tonight's figures can be trusted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.results import NightResult, PolicyEstimate, PolicyEvidence, SourcesWeighed, plural
from reports import checks, estimates, numbers, words
from reports.sentences import refusals

DISPUTED, NO_EVIDENCE, NO_CLAIM = "disputed", "no evidence", "no claim"
OPEN, UNCHECKED = "unclear", "unchecked"
ESTIMATE_CHECKS = frozenset(
    (
        "placebo",
        "calibration",
        "calibration within weeks",
        "calibration within situations",
        "plain comparison",
    )
)
"""Checks whose warning is about every plan's figure."""
WITNESSES = {
    "DRL with a memory": "with another memory of the history’s surprises",
    "SNDR": "that follows whole histories",
    "SNPDIS": "from the logs alone, without a model",
}


@dataclass(frozen=True)
class Doubt:
    """A plan whose figure is missing or must not be relied on, and why."""

    plan: str
    verdict: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Answer:
    """Whether tonight's figures can be trusted, and a sentence that says why.

    short: `Yes`, `Yes, on one condition`, `With care` or `No`.
    """

    short: str
    text: str


def compared(result: NightResult) -> list[PolicyEvidence]:
    """Every plan but today's delivery, in the order given (best first), those without a figure last."""
    rows = [e for e in result.evidence if e.policy != words.TODAY]
    return sorted(rows, key=lambda e: e.uplift is None or not estimates.finite(e.uplift.estimate))


def standing(result: NightResult) -> list[PolicyEvidence]:
    """The plans that have a figure."""
    return [e for e in compared(result) if e.uplift is not None and estimates.finite(e.uplift.estimate)]


def in_focus(result: NightResult) -> PolicyEvidence | None:
    """The plan whose trust matters tonight: the recommended split, or the best one that has a figure."""
    rows = compared(result)
    return next((e for e in rows if estimates.is_recommended(e.policy)), next(iter(rows), None))


def level_of_most(rows: Sequence[PolicyEvidence]) -> float:
    """The level of the intervals of most plans; that of a split that was picked may be another."""
    levels = Counter(e.uplift.level for e in rows if e.uplift is not None)
    return max(levels, key=lambda level: (levels[level], level), default=0.95)


def names(result: NightResult, rows: list[PolicyEvidence]) -> str:
    """`“CQL, personalised” and “Equal split”`, long names cut, for a chart's title."""
    return words.listed([f"“{words.shorten(estimates.label(result, e.policy), 44)}”" for e in rows], most=3)


def measured_by(result: NightResult, e: PolicyEvidence) -> PolicyEstimate | None:
    """The headline's own row of a plan: how much evidence it rests on."""
    key = (e.policy, e.outcome, words.HEADLINE_ESTIMATOR)
    return next((r for r in result.evaluation if (r.policy, r.outcome, r.estimator) == key), None)


def verdict_word(result: NightResult, e: PolicyEvidence) -> str:
    """The verdict; on logs of shown ads alone a figure claims nothing, however sure it is."""
    if result.tier == "B" and e.verdict not in (DISPUTED, NO_EVIDENCE):
        return NO_CLAIM
    return e.verdict


def witness_words(name: str) -> str:
    """What a witness does differently, to stand after `the estimate`."""
    return WITNESSES.get(name, f"called “{name}”")


def doubts(result: NightResult) -> tuple[Doubt, ...]:
    """A sentence and a remedy for every plan without a credible figure, or whose estimates disagree."""
    found = []
    for e in compared(result):
        plan = estimates.label(result, e.policy)
        if e.verdict == DISPUTED:
            found.append(Doubt(plan, e.verdict, dispute_text(result, e), _dispute_remedy(result)))
        elif e.uplift is None or e.verdict == NO_EVIDENCE:
            refusal = refusals.explained(e.reason, result)
            found.append(Doubt(plan, NO_EVIDENCE, refusal.meaning, refusal.remedy))
        elif e.verdict == UNCHECKED and result.tier != "B":  # there nothing is claimed of any plan
            found.append(Doubt(plan, e.verdict, unchecked_text(result, e), _check_remedy(result, e)))
    return tuple(found)


def agreeing(rows: list[PolicyEvidence]) -> list[PolicyEvidence]:
    """The plans of which another way of estimating was asked, and none contradicts the headline."""
    return [e for e in rows if e.checked and e.verdict != DISPUTED]


def _by_history(result: NightResult, e: PolicyEvidence) -> PolicyEstimate | None:
    """A plan's row by whole histories, where it is refused."""
    rows = (r for r in result.evaluation if (r.policy, r.outcome) == (e.policy, e.outcome))
    return next((r for r in rows if r.estimator in ("SNDR", "SNPDIS") and not r.credible), None)


def unchecked_text(result: NightResult, e: PolicyEvidence) -> str:
    """`No other way of estimating could check this figure. Only about 38 histories ...`"""
    by = _by_history(result, e)
    why = "" if by is None else f" {refusals.explained(by.reason, result).meaning}"
    return f"{words.HEADLINE_ESTIMATOR} alone says so: no other way of estimating could check it.{why}"


def _check_remedy(result: NightResult, e: PolicyEvidence) -> str:
    by = _by_history(result, e)
    return "" if by is None else refusals.explained(by.reason, result).remedy


def caution(result: NightResult, policy: str) -> str:
    """What a plan that is acted on has to be told with: that its figure is disputed, or was not checked."""
    e = next((e for e in compared(result) if e.policy == policy and e.uplift is not None), None)
    if e is None or result.tier == "B" or (e.checked and e.verdict != DISPUTED):
        return ""
    plan = f"“{estimates.label(result, policy)}”"
    said = dispute_text(result, e) if e.verdict == DISPUTED else unchecked_text(result, e)
    return (
        f"What {plan} earns is {'disputed' if e.verdict == DISPUTED else 'unchecked'}. {said} Give it to a "
        f"random part of {result.vocabulary.entities} before all of them."
    )


def dispute_text(result: NightResult, e: PolicyEvidence) -> str:
    """`The estimate that follows whole histories is lower by 3.4 times the noise between the two ...`"""
    witness = f"The estimate {witness_words(e.disputed_by)}" if e.disputed_by else "Another estimate"
    differs = "differs from the headline"
    if estimates.finite(e.disagreement):
        side = "lower" if e.disagreement > 0 else "higher"
        differs = f"is {side} by {numbers.per_unit(abs(e.disagreement))} times the noise between the two"
    return (
        f"{witness} {differs}, more than chance explains, so at least one of the two is wrong: either the "
        f"facts about {result.vocabulary.entities} forget something that matters, or delivery’s "
        "probabilities are off."
    )


def _dispute_remedy(result: NightResult) -> str:
    own = "" if result.tier == "A+" else ", or log delivery’s own probabilities"
    return f"Log what delivery decides on as context columns{own}."


def agreement_text(e: PolicyEvidence) -> tuple[str, str]:
    """Whether the witnesses agree with the headline, and how far the most contrary one is, for a table.

    `yes`, `2.65 standard errors apart, of at most 2.97`: each witness has a limit of its own.
    """
    if e.uplift is None:
        return "not asked", ""
    if not e.checked:
        return "none could be asked", ""
    disputed, limit = bool(e.disputed_by) or e.verdict == DISPUTED, e.disagreement_limit
    if not estimates.finite(e.disagreement):
        return ("no", "") if disputed else ("yes", "they do not differ")
    size = f"{numbers.per_unit(abs(e.disagreement))} standard errors apart"
    if estimates.finite(limit):
        size += f", at most {numbers.per_unit(limit)}"
        if abs(e.disagreement) > limit and not disputed:
            size += ", but by less than the figure’s own error"
    return "no" if disputed else "yes", size


CLAIM = (
    "True only if the {platforms} chose {to_which_ones} to {show} {a_treatment} by nothing that is "
    "missing from your logs."
)


def claim(result: NightResult) -> str:
    """At tier A, where a hidden cause would end a claim: the condition it rests on. Else empty.

    No figure here: the worst case that can be worked out is safe, not sharp; the trust page explains it.
    """
    return words.said(result.vocabulary, CLAIM) if result.tier == "A" else ""


def answer(result: NightResult) -> Answer:
    """Can tonight's figures be trusted, and why (or why not)? The first reason that holds."""
    rows, known, focus = compared(result), standing(result), in_focus(result)
    warned = _warnings(result)
    if not rows and not result.evaluation:
        return Answer("No", "There is nothing to trust tonight: no plan could be evaluated on these logs.")
    if result.tier == "B":
        return Answer(
            "No",
            words.said(
                result.vocabulary,
                "These logs hold only the {treatments} that were {shown}. The figures below say "
                "{to_which_ones} {treatments} were {shown} to, not what the {treatments} caused.",
            ),
        )
    stopped = next((c for c in result.health if c.status == "stop"), None)
    if stopped is not None:
        return Answer(
            "No", f"A check speaks against any recommendation. {checks.found_text(result, stopped)}"
        )
    if rows and not known:
        return Answer("No", "Not one plan has a figure that these logs support; below is why, plan by plan.")
    if focus is not None and (focus.uplift is None or focus.verdict in (DISPUTED, NO_EVIDENCE)):
        doubt = next(d for d in doubts(result) if d.plan == estimates.label(result, focus.policy))
        return Answer("No", f"Not for “{doubt.plan}”, which matters most tonight. {doubt.why}")
    if warned:
        many = "A check" if len(warned) == 1 else f"{len(warned)} checks"
        warns = f"{many} of the estimates came out wrong. {' '.join(warned)}"
        return Answer("With care", f"{warns} {_why_trusted(result, rows, known)}")
    if focus is not None and focus.verdict == UNCHECKED:
        plan = f"“{estimates.label(result, focus.policy)}”, which matters most tonight"
        return Answer("With care", f"Of {plan}: {unchecked_text(result, focus)} {claim(result)}".rstrip())
    return Answer("Yes, on one condition" if claim(result) else "Yes", _why_trusted(result, rows, known))


def relied_on(result: NightResult) -> bool:
    """Whether the figure of what was found, advised or not, is one that the trust page stands by."""
    return words.moves(result.split) or answer(result).short != "No"


def _why_trusted(result: NightResult, rows: list[PolicyEvidence], known: list[PolicyEvidence]) -> str:
    if not rows:
        return claim(result) or "Nothing found tonight speaks against them."
    agreed, unchecked = len(agreeing(known)), [e for e in known if not e.checked]
    many = len(known) > 1
    agree = f"agree on {_of(agreed, len(known), 'of them') if many else 'it'}"
    text = (
        f"{_of(len(known), len(rows), 'plan')} {'have' if many else 'has'} enough evidence for a figure, and "
        f"the ways of estimating {agree if many or agreed else 'do not agree on it'}"
    )
    if unchecked:
        text += f"; no other way could check that of {names(result, unchecked)}"
    text += "."
    if any((c.kind, c.subject, c.status) == ("placebo", "logged policy", "ok") for c in result.health):
        text += " Today’s delivery, worked out like any other plan, is worth what it really earned."
    return f"{text[:1].upper()}{text[1:]} {claim(result)}".rstrip()


def _of(some: int, every: int, what: str) -> str:
    """`6 of 8 plans`, `all 8 plans`, `the one plan`; `none of them`, `6 of them`, `all of them`."""
    if what == "of them":
        return f"{'none' if some == 0 else 'all' if some == every else some} {what}"
    if some == every:
        return f"the one {what}" if every == 1 else f"all {every} {plural(what)}"
    return f"{some} of {every} {plural(what)}"


def _warnings(result: NightResult) -> list[str]:
    """What the checks of the estimates warn of: a placebo, the model of delivery, the count without a model,
    another source about an action; or a witness, where no plan was weighed by itself."""
    kinds = ESTIMATE_CHECKS if result.evidence else {*ESTIMATE_CHECKS, "witness"}
    return [
        checks.found_text(result, check)
        for check in result.health
        if check.status == "warn" and (check.kind in kinds or isinstance(check.found, SourcesWeighed))
    ]
