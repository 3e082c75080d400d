"""Health checks in the words of their readers: what is asked, and figures that can be read.

health.json keeps the short names; here every one of them gets the question it answers.
"""

import re

from models.results import HealthCheck, LoggedValued, NightResult
from reports import estimates, facts, numbers, words
from reports.sentences.health import check_text

QUESTIONS = {
    "action drift": "Is each {action} {shown} as often as before?",
    "ads in refused rows": "Were nearly all {treatments} of every {action} used?",
    "amounts too small": "Is every amount of money large enough to be counted?",
    "balance": "Were the {actions} given to {entities} that are alike?",
    "buyers in ad tables": "Are those who buy known to the {treatment} logs?",
    "calibration": "Is delivery as predictable as the model of it says?",
    "calibration within situations": "Also whatever else was possible that day, and {shown} by then?",
    "calibration within weeks": "Also within each week, and whatever else was possible?",
    "channel names": "Has every {action} one name?",
    "cost of an ad": "Does {a_treatment} cost about the same on every day?",
    "currencies": "Is all money in one currency?",
    "effective sample size": "{}: is there enough evidence to check its figure?",
    "entry by ad": "Are {entities} known before their first {treatment}?",
    "feature drift": "Do the facts about {entities} look as before?",
    "immature decisions": "Are most {successes} already reported?",
    "log freshness": "Are the logs fresh?",
    "logged propensities": "Did delivery do what its logged probabilities say?",
    "logging regime": "Did delivery keep to one way of choosing?",
    "money": "Is every unit of spend accounted for?",
    "money in refused rows": "Is nearly all money in rows that were used?",
    "noise in aggregates.csv": "Does what is handed on tell next to nothing of one {entity}?",
    "overlap with none": "Did some of those who could {see} {} {see} {nothing}?",
    "placebo: effect on the past": "Do {treatments} seem to change what happened before them?",
    "placebo: logged policy": "Is today’s delivery valued at what it really earned?",
    "plain comparison": "Does counting alike {people}, without a model, say the same?",
    "purchases": "Are there enough {successes}?",
    "quarantined rows": "Are nearly all rows usable?",
    "row counts": "Is every row accounted for?",
    "sample ratio": "Has every {action} as many {entities} as it was to have?",
    "shown ads alone": "Do the logs show {which_ones} could have {seen} {a_treatment} and did not?",
    "silence": "Are there {} on every day that should have some?",
    "single rows": "Is no single row far larger than all others?",
    "smallest probability": "Was every logged choice one that delivery could make?",
    "spend against sales": "Are costs and sales of one size?",
    "spend by day": "Is every day’s spend like that of the days around it?",
    "value of an order": "Is an order worth about the same on every day?",
    "worth of purchases": "Do {treatments} change how many {successes} there are, and not their worth?",
    "witness": "{}: do the ways of valuing it agree?",
}
DELIVERY_VALUED = {
    "ok": "Worked out as any other plan, today’s delivery is worth what it really earned, as far as chance "
    "allows.",
    "warn": "Worked out as any other plan, today’s delivery is not worth what it really earned{}: the "
    "probabilities with which delivery chose are off. Check the logged ones, or log what delivery decides on "
    "as context columns.",
}


def _is_share(unit: str) -> bool:
    return unit in ("share", "probability") or unit.startswith(("of ", "share of ", "mean probability"))


_UNITS = {
    "share": "",
    "probability": "",
    "mean probability of none": "{saw} {nothing}",
    "share of the worst table": "of the worst table",
    "share of buyers missing": "of buyers missing",
    "share of entities": "of {entities}",
    "share of the worst channel": "of the worst {action}",
    "share of the worst column": "of the worst column",
    "journeys": "histories",
    "PSI": "stability index",
    "standard errors": "times its noise",
    "micros": "millionths",
}
_HYPHEN = re.compile(r"(?<![\w.)])-(?=\d)")
"""Before a number, where a minus sign is meant."""


def question(result: NightResult, check: HealthCheck) -> str:
    """What the check asks; its own name where it is not one of ours."""
    if check.name in QUESTIONS:
        return words.said(result.vocabulary, QUESTIONS[check.name])
    about = check.subject
    if about and check.kind in QUESTIONS:
        name = about if check.kind in ("overlap with none", "silence") else estimates.label(result, about)
        return words.said(result.vocabulary, QUESTIONS[check.kind]).replace("{}", name)
    return check.name


def figure_text(result: NightResult, check: HealthCheck) -> str:
    """The figure with its unit: shares as percentages."""
    if check.figure is None:
        return numbers.NOT_KNOWN
    said = numbers.percent(check.figure) if _is_share(check.unit) else numbers.plain(check.figure)
    unit = words.said(result.vocabulary, _UNITS[check.unit]) if check.unit in _UNITS else check.unit
    unit = "day" if (unit, said) == ("days", "1") else unit
    return f"{said}{numbers.NBSP}{unit}" if unit else said


def limit_text(check: HealthCheck) -> str:
    """The limit in words: `<= 0.3` of a share is `at most 30 %`."""
    said = check.limit.replace("<=", "at most").replace(">=", "at least").replace("+ noise", "and noise")
    if _is_share(check.unit):
        said = " ".join(map(_percentage, said.split(" ")))
    for bound in ("at most", "at least"):
        said = said.replace(f"{bound} ", f"{bound} ".replace(" ", numbers.NBSP))
    return said


def _percentage(word: str) -> str:
    """`0.3` -> `30 %`; a word that is no number stays."""
    try:
        value = float(word)
    except ValueError:
        return word
    if value >= 0.001 or value == 0:
        return numbers.percent(value)
    return f"{numbers.plain(value * 100)}{numbers.NBSP}%"


def found_text(result: NightResult, check: HealthCheck) -> str:
    """The finding: features and plans under the names this report uses, minus signs real."""
    if check.kind == "witness":
        return witness_text(check)
    if check.kind == "effective sample size":
        return support_text(result, check)
    if (check.kind, check.subject) == ("placebo", "logged policy") and check.status in DELIVERY_VALUED:
        return DELIVERY_VALUED[check.status].format(_off(check))
    return said_plainly(result, check_text(check, result.vocabulary, result.currency))


def _off(check: HealthCheck) -> str:
    """`, but 0.15 % less`: how much it matters is for the reader to see."""
    found = check.found
    if not isinstance(found, LoggedValued) or not found.off:
        return ""
    return f", but {abs(100 * found.off):.2g}{numbers.NBSP}% {'more' if found.off > 0 else 'less'}"


def said_plainly(result: NightResult, text: str) -> str:
    """Names between backticks become the words that the report uses for them."""
    known = {} if result.explanation is None else facts.texts_of(result.explanation, result.entity)
    plans = {e.policy for e in result.evaluation}

    parts = text.split("`")
    for i in range(1, len(parts) - 1, 2):  # an unpaired backtick is none
        label = estimates.label(result, parts[i]) if parts[i] in plans else facts.words_for(parts[i], known)
        parts[i] = f"“{label}”"
    if len(parts) % 2 == 0:
        parts.insert(-1, "`")
    text = "".join(parts)
    return _HYPHEN.sub(numbers.MINUS, text).replace("'", "’")


def support_text(result: NightResult, check: HealthCheck) -> str:
    """How much the logs tell about a plan by whole histories, as those who check its figure follow them."""
    known = any(e.policy == check.subject for e in result.evaluation)
    plan = estimates.label(result, check.subject) if known else check.subject
    size = "an unknown number of" if check.figure is None else f"{check.figure:,.0f}"
    said = f"Followed to their end, the logs tell as much about “{plan}” as {size} full histories would."
    if check.status == "ok":
        return said
    return (
        f"{said} Too few for the ways of estimating that check its figure so: it is too far from today’s "
        "delivery. A smaller step could be checked."
    )


def witness_text(check: HealthCheck) -> str:
    """What it means that the estimate and its witness agree, or do not."""
    if check.status == "ok":
        return "All ways of working it out say the same, as far as chance allows."
    return (
        "Two ways of working it out differ by more than chance explains, so at least one is wrong. Most "
        "often the logs lack something that delivery decides on: log it as a context column, or log "
        "delivery’s own probabilities."
    )
