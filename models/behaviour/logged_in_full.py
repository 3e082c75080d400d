"""Delivery's probabilities where the log tells all of them, so that nothing has to be learnt."""

from models.behaviour.propensities import logged_probabilities
from models.behaviour.sample_ratio import refuse_contradiction, sample_ratio
from models.mdp import Transitions
from models.policies import Floats
from sql.errors import LogError


def logged_in_full(t: Transitions) -> Floats:
    """(n, A) the log's own distribution of every decision. Raises LogError where one decision's is not told,
    or where what was done contradicts what is told."""
    eligible = t.eligible.sum(axis=1, keepdims=True)
    choice = eligible[:, 0] >= 2
    told = logged_probabilities(t, t.eligible / eligible, choice)
    missing = int((choice & ~told.whole).sum())
    if missing:
        raise LogError(
            f"{missing:,} of {int(choice.sum()):,} decisions do not carry the probability of every action: "
            "without them today's delivery would have to be learnt, which sites cannot do by sums yet. Log "
            "opportunities.propensity for every opportunity, or a propensity that is the same for all."
        )
    refuse_contradiction(sample_ratio(t, told.probabilities, told.whole, told.own), told.column)
    return told.probabilities
