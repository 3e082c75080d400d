"""Rules in TOML: in order, the first that holds decides.

    name = "video for the lapsed"

    [[rule]]
    when = 'segment == "regulars" and purchases_30d == 0'
    show = "video"
    share = 0.5        # of these decisions; the rest follows today's delivery. Default: 1

    [[rule]]           # without `when` a rule always holds
    show = "none"

Where no rule holds, and where the action that one shows is not possible, today's delivery stays. The language
of `when` is in `policy_expression`.
"""

from dataclasses import dataclass
from typing import Any

from flows.policy_files.expression import compile_condition, parse_condition
from flows.study_errors import show, suggest
from models.mdp import Feature
from models.policies import Rule, RulePolicy
from sql.errors import StudyError

KEYS = ("when", "show", "share")
ALWAYS = "True"


@dataclass(frozen=True)
class RuleText:
    """One rule as it was written, with values of the right kind."""

    where: str
    """Begins a sentence about it: file and number."""
    when: str
    show: str
    share: float


@dataclass(frozen=True)
class RuleFile:
    """What a file of rules says; its names are checked against the logs by `policy`."""

    name: str
    rules: tuple[RuleText, ...]

    def policy(self, features: tuple[Feature, ...], actions: tuple[str, ...], name: str = "") -> RulePolicy:
        """The rules over these features and actions. Raises StudyError for a name the logs do not know."""
        compiled = []
        for rule in self.rules:
            if rule.show not in actions:
                others = f"; the actions are {', '.join(map(show, actions))}"
                end = suggest(rule.show, actions, others)
                raise StudyError(f"{rule.where}: `show`: the logs have no action {show(rule.show)}{end}")
            when = compile_condition(rule.when, rule.where, features, actions)
            compiled.append(Rule(when, actions.index(rule.show), rule.share, rule.when))
        return RulePolicy(tuple(compiled), name or self.name, "Rules of an analyst.")


def rules_of(raw: Any, name: str, source: str) -> RuleFile:
    """Rules from parsed TOML; source: the file, to begin sentences with. Raises StudyError."""
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise StudyError(f"{source}: `rule` is no list of tables; begin each rule with a line [[rule]].")
    if not raw:
        raise StudyError(f"{source} has no rule; begin each rule with a line [[rule]].")
    return RuleFile(name, tuple(_rule(entry, f"{source}, rule {k}") for k, entry in enumerate(raw, start=1)))


def _rule(raw: dict[str, Any], where: str) -> RuleText:
    for key in raw:
        if key not in KEYS:
            end = suggest(key, KEYS, "; a rule has `when`, `show` and `share`")
            raise StudyError(f"{where}: unknown key {show(key)}{end}")
    if "show" not in raw:
        raise StudyError(f"{where}: `show` is missing; name the action, or none.")
    for key in ("when", "show"):
        if key in raw and not isinstance(raw[key], str):
            raise StudyError(f"{where}: `{key}` is {show(raw[key])}; write text in quotes.")
    share = raw.get("share", 1.0)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise StudyError(f"{where}: `share` is {show(share)}; write a number above 0 and up to 1.")
    when = raw.get("when", ALWAYS)
    parse_condition(when, where)
    return RuleText(where, when, raw["show"], float(share))
