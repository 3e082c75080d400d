"""Why an estimate, or its interval, is not given: kinds and figures. Reports make the sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """The support gate that a policy is beyond: the log says nothing about it."""

    kind: str
    """`unsupported actions`, `effective sample size`, `tail shape` or `largest weight`."""
    figure: float
    """Of the policy: a share, journeys, a Pareto shape, a share. NaN: no journey at all is left."""
    limit: float
    """What is accepted, in the figure's unit."""
    mostly: str = ""
    """Unsupported actions: the one that takes most of the share,"""
    rare: float = 0.0
    """and the probability below which delivery hardly takes an action."""


@dataclass(frozen=True)
class FewShowIt:
    """Hardly any entity in the log shows the outcome at all."""

    outcome: str
    entities: int
    needed: int


@dataclass(frozen=True)
class SameForAll:
    """The outcome comes out the same for every entity."""

    outcome: str


@dataclass(frozen=True)
class FewCarryAll:
    """Too few entities carry the whole value, so that its spread is not known."""


@dataclass(frozen=True)
class FewDiffer:
    """The outcome of too few entities differs from that of today's delivery to promise an uplift."""

    outcome: str


@dataclass(frozen=True)
class FewDifferAmongAll:
    """The same, where policies are compared with each other."""

    outcome: str


@dataclass(frozen=True)
class ModelAlone:
    """An estimate without an interval: a model's own predictions do not tell how far they are off."""


@dataclass(frozen=True)
class ZeroToday:
    """A change is to be a share of a level that is 0."""

    outcome: str


Refusal = Gate | FewShowIt | SameForAll | FewCarryAll | FewDiffer | FewDifferAmongAll | ModelAlone | ZeroToday
"""Each kind has one sentence in `reports/sentences/refusals.py`."""


@dataclass(frozen=True)
class GuardrailBound:
    """How far an outcome could get worse under a plan, against what the study allows."""

    outcome: str
    worst: float
    """The change it may take, as a share of today's level; above 0 it may rise so far, else fall."""
    bound: float | None
    """The end of the change's interval on the bad side, as such a share; None: it cannot be told,"""
    reason: Refusal | None = None
    """and then why, where that is known."""

    @property
    def kept(self) -> bool:
        """Whether the plan passes."""
        if self.bound is None:
            return False
        return self.bound >= self.worst if self.worst <= 0 else self.bound <= self.worst
