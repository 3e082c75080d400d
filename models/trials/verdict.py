"""Which arm? What the differences allow to say, and no more.

The best is the arm with the largest estimate. Every arm that is told apart from it is out; who is left cannot
be told from the best. Pairs are told apart with one chance of an error for all of them together, so the best
may be picked after seeing them: a truly best arm is thrown out with a chance of at most 1 - level.
"""

from models.results import Answer, ArmDifference, TrialVerdict
from models.trials.comparison import Comparison


def decide_which(compared: Comparison, idle: str | None) -> TrialVerdict:
    """The verdict; `between` is the best against the one that comes next of those it cannot be told from."""
    names = [a.arm for a in sorted(compared.arms, key=lambda a: (-a.estimate, a.arm)) if a.value is not None]
    if len(names) < 2:
        return TrialVerdict(Answer.NOTHING, undecided=tuple(names))
    best = names[0]
    left = [a for a in names if a == best or not _beats(compared, best, a)]
    if idle not in names:
        worse = tuple(a for a in names if a not in left)
        kind = Answer.ONE if len(left) == 1 else Answer.SEVERAL if worse else Answer.NOTHING
        return TrialVerdict(
            kind,
            arms=tuple(left) if worse or len(left) == 1 else (),
            undecided=() if worse or len(left) == 1 else tuple(left),
            worse=worse,
            between=_difference(compared, best, left[1]) if len(left) > 1 else None,
        )
    worse = tuple(a for a in names if a != idle and _beats(compared, idle, a))
    if left == [idle]:
        return TrialVerdict(Answer.IDLE, arms=(idle,), worse=worse)
    if idle in left:
        others = [a for a in left if a != idle]
        between = _difference(compared, others[0], idle)
        return TrialVerdict(Answer.NOTHING, undecided=tuple(others), worse=worse, between=between)
    beat = tuple(a for a in left if _beats(compared, a, idle))
    return TrialVerdict(
        Answer.ONE if len(beat) == 1 else Answer.SEVERAL,
        arms=beat,
        undecided=tuple(a for a in left if a not in beat),
        worse=worse,
        between=_difference(compared, best, left[1]) if len(left) > 1 else None,
    )


def _difference(compared: Comparison, arm: str, other: str) -> ArmDifference:
    return next(d for d in compared.differences if {d.arm, d.other} == {arm, other})


def _beats(compared: Comparison, arm: str, other: str) -> bool:
    """Beyond doubt."""
    found = _difference(compared, arm, other)
    return found.told_apart and (found.estimate > 0) == (found.arm == arm)
