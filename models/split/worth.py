"""What a plan is worth proposing for, so that plans and whole choices can be compared."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Worth:
    """Of two plans the larger is proposed: confirmed ones come first."""

    confirmed: bool
    """Its lower bound for all plans at once is above 0."""
    worth: float
    """Of a confirmed plan its gain less a standard error, of any other what `models.evaluation.promise` has:
    0 for today's split, or minus infinity where that misses the goal's target."""


NOTHING = Worth(False, 0.0)
