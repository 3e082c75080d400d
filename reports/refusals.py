"""Why a plan has no figures, in an analyst's words: what it means, and what would change it.

The estimators refuse in sentences of their own; evaluation.csv keeps those. Here every one of them is read
and said again. A sentence that is not known is shown without its technical head, so that nothing is lost.
"""

import re
from dataclasses import dataclass

from models.results import NightResult
from reports import checks, numbers, words

HEAD = "no credible estimate: "
"""How the estimators begin a refusal."""


@dataclass(frozen=True)
class Refusal:
    """Full sentences."""

    meaning: str
    remedy: str
    """Empty where nothing is known to help."""


@dataclass(frozen=True)
class _Rule:
    """A refusal, recognised anywhere in a text, and its two sentences. `{name}` is the group of that name."""

    pattern: re.Pattern[str]
    meaning: str
    remedy: str

    def said(self, result: NightResult, found: re.Match[str]) -> Refusal:
        said = {name: _said(result, name, text) for name, text in found.groupdict().items()}
        said |= {"people": result.vocabulary.entities, "person": result.entity}
        return Refusal(self.meaning.format_map(said), self.remedy.format_map(said))


_CLOSER = "a plan that stays closer to today’s delivery"
_RANDOM = "a small share of delivery at random"

RULES = (
    _Rule(
        re.compile(
            r"in (?P<share_percent>\S+) % of its decisions the policy takes actions that delivery takes less "
            r"than (?P<rare_percent>\S+) % of the time there, mostly (?P<action>.*?) "
            r"\(limit (?P<limit_percent>\S+) %\)",
            re.DOTALL,
        ),
        "In {share_percent} of its decisions it does what delivery does there less than {rare_percent} of "
        "the time, mostly {action}, so there is hardly anybody to learn from ({limit_percent} is the most we "
        "accept).",
        f"{_CLOSER[:1].upper()}{_CLOSER[1:]}, or {_RANDOM} that does {{action}} there.",
    ),
    _Rule(
        re.compile(
            r"of the journeys in the log, (?P<found_count>.+?) went the way this policy would go "
            r"\(effective sample size; at least (?P<needed_count>.+?) are needed\)"
        ),
        "{found_count} in the logs went this plan’s way; at least {needed_count} are needed.",
        f"More days of logs, {_CLOSER}, or {_RANDOM}.",
    ),
    _Rule(
        re.compile(
            r"a few journeys that went this policy's way by chance would decide it "
            r"\(tail shape of the weights (?P<shape>[^,()]+), limit (?P<limit>[^()]+)\)"
        ),
        "A few histories that went this plan’s way by chance would decide the figure (their weights have a "
        "tail shape of {shape}, at most {limit} is sound).",
        f"Not more of the same logs: {_CLOSER}, or {_RANDOM}.",
    ),
    _Rule(
        re.compile(
            r"a single journey carries (?P<share_percent>\S+) % of the weight "
            r"\(limit (?P<limit_percent>\S+) %\)"
        ),
        "A single history would decide {share_percent} of the figure; {limit_percent} is the most we accept.",
        f"More days of logs, or {_CLOSER}.",
    ),
    _Rule(
        re.compile(
            r"(?P<who_entity>\d+) \S+ with any (?P<outcome>.+?) in the log "
            r"\(at least (?P<needed>\d+) are needed\)"
        ),
        "Only {who_entity} in the logs show any {outcome}, and at least {needed} are needed: the rare, large "
        "one that was not seen would decide everything.",
        "More days of logs, or more {people} in them.",
    ),
    _Rule(
        re.compile(
            r"(?:^|: )(?P<outcome>[^:]+?) comes out the same for every .+?, so nothing can be told apart"
        ),
        "The {outcome} comes out the same for all {people}, so nothing can be told apart by it.",
        "An outcome that differs between {people}.",
    ),
    _Rule(
        re.compile(r"too few [^,]+ carry the whole value, so its spread is not known"),
        "Too few {people} carry the whole figure to tell how far it may be off.",
        "More days of logs, or more {people} in them.",
    ),
    _Rule(
        re.compile(r"the (?P<outcome>.+?) of too few .+? differs from today's delivery"),
        "For too few {people} its {outcome} differs from that of today’s delivery to tell how far the "
        "difference may be off.",
        "More days of logs, or a plan that changes more.",
    ),
    _Rule(
        re.compile(r"too few differ in (?P<outcome>.+?) from today's delivery to tell the spread"),
        "For too few {people} its {outcome} differs from that of today’s delivery to tell how far the "
        "difference may be off.",
        "More days of logs, or a plan that changes more.",
    ),
    _Rule(
        re.compile(r"averaging a model's own predictions does not tell how far they are off"),
        "The average of a model’s own predictions does not tell how far they are off.",
        "",
    ),
)


def explained(result: NightResult, reason: str) -> Refusal:
    """What a refusal means and what would change it; what no rule reads is shown without its head."""
    for rule in RULES:
        found = rule.pattern.search(reason)
        if found:
            return rule.said(result, found)
    said = checks.said_plainly(result, reason.removeprefix(HEAD).removeprefix("no interval: "))
    said = said.replace("journeys", "histories").replace("journey", "history").replace("policy", "plan")
    said = said or "No reason was given"
    return Refusal(said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?")) else "."), "")


def is_known(reason: str) -> bool:
    """Whether some rule reads this sentence."""
    return any(rule.pattern.search(reason) for rule in RULES)


def retold(result: NightResult, text: str) -> str:
    """The text with every refusal in it that some estimate or plan was given replaced by its meaning."""
    reasons = {e.reason for e in result.evaluation} | {e.reason for e in result.evidence}
    for reason in sorted(filter(None, reasons), key=lambda r: (-len(r), r)):
        if reason in text:
            meaning = explained(result, reason).meaning
            text = text.replace(f"{reason}.", meaning).replace(reason, meaning)
    return text


def _said(result: NightResult, name: str, text: str) -> str:
    """A figure or name of a refusal; the ending of the group's name says which kind it is."""
    if name.endswith("_percent"):
        return _percent(text)
    if name.endswith("_count"):
        return _histories(text) if name == "found_count" else text
    if name.endswith("_entity"):
        return words.entities(result, int(text))
    if name == "action":
        plain = text.strip("`")
        return "nothing at all" if plain == "none" else f"“{plain}”"
    return checks.said_plainly(result, text)


def _percent(text: str) -> str:
    """`1e+02` -> `100 %`; what is no number stays."""
    try:
        return numbers.percent(float(text) / 100)
    except ValueError:
        return f"{text}{numbers.NBSP}%"


def _histories(text: str) -> str:
    """`about 31` -> `Only about 31 histories`; the page says what a history is."""
    if text == "none":
        return "Not a single history"
    return f"Only {text} {'history' if text == 'about 1' else 'histories'}"
