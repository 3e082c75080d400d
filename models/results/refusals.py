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


Refusal = Gate | FewShowIt | SameForAll | FewCarryAll | FewDiffer | FewDifferAmongAll | ModelAlone
"""Each kind has one sentence in `reports/sentences/refusals.py`."""
