"""Frozen results of the question "who responds differently": groups of a test. Money in currency units per
entity (per decision, where an entity has several)."""

from dataclasses import dataclass

from models.results.interval import Interval


@dataclass(frozen=True)
class SegmentBound:
    """What a segment's entities have in common: above < fact <= up_to."""

    fact: str
    above: float
    up_to: float
    is_flag: bool = False
    """Whether the fact is 0 or 1, so that the group has it or has it not."""


@dataclass(frozen=True)
class ArmEffect:
    """What an arm does in a segment beyond the arm it is held against."""

    arm: str
    interval: Interval
    """Its estimate, and bounds that hold for all segments and arms at once."""


@dataclass(frozen=True)
class RespondingSegment:
    """A group that responds alike."""

    bounds: tuple[SegmentBound, ...]
    """Empty: everybody."""
    entities: int
    """Of both halves."""
    arm: str
    """The best one by the half that grew the tree."""
    effects: tuple[ArmEffect, ...]


@dataclass(frozen=True)
class SegmentsFound:
    """The answer. One segment: no fact tells groups apart by how they respond."""

    against: str
    """The idle arm; without one, the first."""
    segments: tuple[RespondingSegment, ...]
    differ: float
    """p-value that effects are the same in all segments, by the honest half; 1 with one segment."""
    for_all: str
    """The best single arm by the half that grew the tree."""
    gain: Interval
    """What each segment's arm earns beyond it."""

    @property
    def are_confirmed(self) -> bool:
        """Whether those who did not grow the tree say that segments differ."""
        return len(self.segments) > 1 and self.differ < 1 - self.gain.level
