"""The words a study uses for what it decides, for whom, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

PEOPLE = frozenset(("user", "customer", "household", "person", "visitor", "member", "subscriber"))
"""Entities that sentences may call people."""


def plural(noun: str) -> str:
    """The regular plural: `companies`, `boxes`, `SKUs`."""
    if noun[-1:] == "y" and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def singular(nouns: str) -> str:
    """What `plural` made `nouns` of; the same where it is no regular plural."""
    if nouns.endswith("ies"):
        return nouns[:-3] + "y"
    if nouns.endswith(("sses", "xes", "ches", "shes")):
        return nouns[:-2]
    return nouns[:-1] if nouns.endswith("s") and not nouns.endswith("ss") else nouns


def with_article(noun: str) -> str:
    """`an ad`, `a user`, `a SKU`."""
    sounds_like_you = noun.startswith(("us", "uni", "eu"))
    return f"{'an' if noun[0] in 'aeiou' and not sounds_like_you else 'a'} {noun}"


@dataclass(frozen=True)
class Vocabulary:
    """Every word that a reader sees about entities, actions and outcomes; defaults are those of channels.

    Verbs fit both `an entity was shown an action` and `the action was shown`, as given, sent and offered do.
    """

    entity: str = "user"
    """Whom or what decisions are made for;"""
    entities: str = "users"
    """its plural."""
    person: str = "person"
    """An entity where sentences speak of anyone: `person`, or its own noun where entities are no people."""
    people: str = "people"
    """As `person`, of many."""
    action: str = "channel"
    """What is decided, and what a budget is of."""
    actions: str = "channels"
    treatment: str = "ad"
    """What an entity receives when an action is taken on it."""
    treatments: str = "ads"
    show: str = "show"
    """What delivery does with a treatment;"""
    shows: str = "shows"
    """of one that does,"""
    showed: str = "showed"
    """of one that did,"""
    shown: str = "shown"
    """of what was done."""
    see: str = "see"
    """What an entity does with a treatment,"""
    seen: str = "seen"
    """has done,"""
    saw: str = "saw"
    """and did."""
    nothing: str = "no ad"
    """What the action `none` is called."""
    delivery: str = "impression"
    """A logged treatment."""
    platforms: str = "ad platforms"
    """Where budgets are typed in."""
    rivals: str = "other advertisers"
    """Those whose answer no log foretells."""
    success: str = "purchase"
    """What earns the margin."""
    successes: str = "purchases"

    @property
    def an_entity(self) -> str:
        """`a user`."""
        return with_article(self.entity)

    @property
    def a_treatment(self) -> str:
        """`an ad`."""
        return with_article(self.treatment)

    @property
    def an_action(self) -> str:
        """`a channel`."""
        return with_article(self.action)

    @property
    def who(self) -> str:
        """The pronoun of `people` at the head of a relative clause: `who`, or `that` of things."""
        return "who" if self.person == "person" else "that"

    @property
    def whom(self) -> str:
        """The same of an object: `whom`, or `that` of things."""
        return "whom" if self.person == "person" else "that"

    @property
    def which_ones(self) -> str:
        """The same where no noun stands before it: `who could have seen an ad`, or `which SKUs could`."""
        return "who" if self.person == "person" else f"which {self.entities}"

    @property
    def to_which_ones(self) -> str:
        """The same of an object: `whom to show an ad`, or `which SKUs to give`."""
        return "whom" if self.person == "person" else f"which {self.entities}"

    @property
    def be(self) -> str:
        """The verb after `which_ones`: `is`, or `are` of several things;"""
        return "is" if self.person == "person" else "are"

    @property
    def was(self) -> str:
        """and of the past."""
        return "was" if self.person == "person" else "were"

    @property
    def one_kind(self) -> str:
        """An entity with its likes, for a reader of several studies: `person (household, customer)`."""
        return "person (household, customer)" if self.person == "person" else self.entity

    @property
    def kinds(self) -> str:
        """As `one_kind`, of many."""
        return "people (or households, customers)" if self.person == "person" else self.entities

    @property
    def everybody(self) -> str:
        """All of `people` in one word: `everybody`, or `every SKU`."""
        return "everybody" if self.person == "person" else f"every {self.entity}"

    @property
    def nobody(self) -> str:
        """None of `people` in one word: `nobody`, or `no SKU`."""
        return "nobody" if self.person == "person" else f"no {self.entity}"


def vocabulary_of(
    entity: str = "user",
    entities: str = "",
    action: str = "channel",
    own: Mapping[str, str] | None = None,
    *,
    idle: str = "none",
) -> Vocabulary:
    """The words of a study.

    entities: empty for the regular plural. action: `_` stands for a space. own: fields of Vocabulary that the
    study words itself; what follows from a noun (its plural, `nothing`) follows from the study's own.
    idle: what the log calls doing nothing, and the report too unless it has a word of its own.
    """
    own = dict(own or {})
    found = Vocabulary(entity=entity, entities=entities or plural(entity))
    if entity not in PEOPLE:
        found = replace(found, person=found.entity, people=found.entities)
    if action != "channel":
        found = replace(found, **_neutral(action.replace("_", " ")))
    if "treatment" in own:
        own = {"treatments": plural(own["treatment"]), "nothing": f"no {own['treatment']}"} | own
    if "success" in own:
        own = {"successes": plural(own["success"])} | own
    if idle not in ("", "none") and "nothing" not in own:
        own["nothing"] = idle.replace("_", " ")
    return replace(found, **own)


def _neutral(action: str) -> dict[str, str]:
    """The words of a decision that is not a channel: what is given is the action itself."""
    return {
        "action": action,
        "actions": plural(action),
        "treatment": action,
        "treatments": plural(action),
        "show": "give",
        "shows": "gives",
        "showed": "gave",
        "shown": "given",
        "see": "get",
        "seen": "got",
        "saw": "got",
        "nothing": f"no {action}",
        "delivery": "delivery",
        "platforms": "platforms",
        "rivals": "others",
    }
