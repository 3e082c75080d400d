"""Which arm? What the differences allow to say, and no more.

An arm beats another where the two are told apart, or where it beats one that does. Chosen are the arms that
beat idle and that no other such arm beats; without idle, those that no arm beats. The one with the largest
estimate decides nothing by itself: it may be an arm of few entities. Pairs are told apart with one chance of
an error for all of them together, so what follows from several holds with the same level, and a truly best
arm is thrown out with a chance of at most 1 - level.
"""

from collections.abc import Collection

from models.results import Answer, ArmDifference, TrialVerdict
from models.trials.comparison import Comparison


def decide_which(compared: Comparison, idle: str | None, barred: Collection[str] = ()) -> TrialVerdict:
    """The verdict; `between` is the best against the one that comes next of those it cannot be told from.

    barred: arms that a guardrail forbids to choose.
    """
    judged = {arm for d in compared.differences if d.is_judged for arm in (d.arm, d.other)}
    names = [a.arm for a in sorted(compared.arms, key=lambda a: (-a.estimate, a.arm)) if a.arm in judged]
    if len(names) < 2:
        return TrialVerdict(Answer.NOTHING, undecided=tuple(names))
    beaten = _beaten(compared, names)  # arm -> those it beats
    if idle not in names:
        return _without_idle(compared, names, beaten)
    others = [a for a in names if a != idle]
    worse = tuple(a for a in others if a in beaten[idle])
    out = tuple(a for a in others if a in barred)
    left = [a for a in others if a not in barred]
    better = [a for a in left if idle in beaten[a]]
    best = [a for a in better if not any(a in beaten[b] for b in better)]
    if best:
        open_ones = [a for a in left if a not in (*better, *worse) and not any(a in beaten[b] for b in best)]
        order = [*best, *open_ones]
        return TrialVerdict(
            Answer.ONE if len(best) == 1 else Answer.SEVERAL,
            arms=tuple(best),
            undecided=tuple(open_ones),
            worse=worse,
            barred=out,
            between=_difference(compared, order[0], order[1]) if len(order) > 1 else None,
        )
    if len(worse) == len(others):
        return TrialVerdict(Answer.IDLE, arms=(idle,), worse=worse)
    open_ones = [a for a in left if a not in worse and not any(a in beaten[b] for b in left)]
    between = _difference(compared, open_ones[0], idle) if open_ones else None
    return TrialVerdict(Answer.NOTHING, undecided=tuple(open_ones), worse=worse, barred=out, between=between)


def _without_idle(compared: Comparison, names: list[str], beaten: dict[str, set[str]]) -> TrialVerdict:
    worse = tuple(a for a in names if any(a in beaten[b] for b in names))
    best = tuple(a for a in names if a not in worse)
    between = _difference(compared, best[0], best[1]) if len(best) > 1 else None
    if not worse:
        return TrialVerdict(Answer.NOTHING, undecided=best, between=between)
    kind = Answer.ONE if len(best) == 1 else Answer.SEVERAL
    return TrialVerdict(kind, arms=best, worse=worse, between=between)


def _beaten(compared: Comparison, names: list[str]) -> dict[str, set[str]]:
    """The arms that each beats; names: the largest estimate first."""
    found: dict[str, set[str]] = {}
    for arm in reversed(names):  # who is beaten has the smaller estimate, and stands here already
        direct = [other for other in found if _told_above(compared, arm, other)]
        found[arm] = set(direct).union(*(found[other] for other in direct))
    return found


def _difference(compared: Comparison, arm: str, other: str) -> ArmDifference:
    return next(d for d in compared.differences if {d.arm, d.other} == {arm, other})


def _told_above(compared: Comparison, arm: str, other: str) -> bool:
    """Whether an arm is told apart from another, and above it."""
    found = _difference(compared, arm, other)
    return found.told_apart and (found.estimate > 0) == (found.arm == arm)
