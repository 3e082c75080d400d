"""What the chosen split promises, evaluated in full on the users that chose it: the bound pays for that."""

from dataclasses import dataclass

from flows.night import Night
from flows.stages.judging import RECOMMENDED, Judge
from models.evaluation import Believed, Gain, Picked, PolicyValue, check_witness, picked_uplift
from models.mdp import PROFIT, PURCHASES, Journeys
from models.results import GuardrailBound, HealthCheck, Refusal
from models.split import SplitChoice, passing


@dataclass(frozen=True)
class Promise:
    """What the users say of the chosen split, in full."""

    chosen: SplitChoice
    """The split they were asked about: a smaller step than the one chosen where the log supports no larger
    one by the full weights."""
    value: PolicyValue | None = None
    """None where it moves nothing, so that there is nothing to ask."""
    witnesses: tuple[HealthCheck, ...] = ()
    """Do the ways of valuing it agree?"""
    believed: Believed | None = None
    """Against today's split; None where there is none, or none that is credible,"""
    refused: Refusal | None = None
    """and then why; None otherwise. It keeps today's split: nothing else may fill the gap."""
    guardrails: tuple[GuardrailBound, ...] = ()
    """How far each could get worse."""

    @property
    def confirmed(self) -> bool:
        """Is it better than today's split beyond doubt?"""
        return self.believed is not None and self.believed.uplift.low > 0


def promise_of(night: Night, everybody: Judge, chosen: SplitChoice) -> Promise:  # noqa: ARG001 (as in deal_folds)
    """Of the chosen split; of the plan with the largest bound instead, where that alone is confirmed. The
    bound holds for both at once, so asking twice costs nothing."""
    found = _asked(everybody, chosen)
    if found.confirmed or chosen.surest is None:
        return found
    second = _asked(everybody, chosen.surest)
    return second if second.confirmed else found


def _asked(judge: Judge, chosen: SplitChoice) -> Promise:
    """Of one split; of a smaller step in its direction where the log supports no larger one, which is found
    by weights alone."""
    if not chosen.moves:
        return Promise(chosen)
    estimator, gate = judge.estimator, judge.gate
    target = judge.target(chosen.policy(RECOMMENDED))
    value = estimator.value(target, RECOMMENDED)
    beyond = gate.of(value.support, value.journey_support)
    refused: Refusal | None = None
    if beyond is not None:
        smaller = passing(chosen, beyond, lambda policy: gate.beyond(judge.target(policy)))
        chosen, wanted = smaller, chosen
        if chosen.plan != wanted.plan:
            target = judge.target(chosen.policy(RECOMMENDED))
            value = estimator.value(target, RECOMMENDED)
        else:
            refused = beyond
    gain = gain_of(chosen, judge.journeys)
    gains = value.uplifts(estimator.logged_value, gain.among(judge.journeys.outcome_names))
    witness = check_witness(RECOMMENDED, gain.name, gains)
    picked = Picked(chosen.plans, chosen.level, chosen.lasting, chosen.optimism)
    found = refused or picked_uplift(estimator, value, gain, judge.bootstrap, picked)
    believed, why = (found, None) if isinstance(found, Believed) else (None, found)
    return Promise(chosen, value, (witness,), believed, why, judge.guardrails(value, picked))


def gain_of(chosen: SplitChoice, journeys: Journeys) -> Gain:
    """What a split is promised for, in the journeys' outcomes."""
    if chosen.outcome == PROFIT:
        return Gain(PROFIT, {PROFIT: 1.0})
    parts = zip((journeys.goal, "cost", PURCHASES), chosen.weights, strict=True)
    return Gain(chosen.outcome, {name: weight for name, weight in parts if weight})
