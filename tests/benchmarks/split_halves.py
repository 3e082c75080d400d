"""What choosing and judging on the same users brings: the rule that splits them in two, on the same log."""

import gc

from flows.stages import night_stages as stages
from flows.stages.judging import RECOMMENDED, judge
from flows.stages.spend import find_todays_budget
from models.evaluation.checks.effect_on_the_past import check_effect_on_the_past, followers_in_log
from models.evaluation.checks.witness import check_witness
from models.evaluation.uplift import uplift
from models.mdp import PROFIT
from models.mdp.sample_split import uniform_of
from models.results import Uplift
from models.totals.wide import WideEvidence
from tests.benchmarks.split_night import Log

CHOOSING = 0.55
"""Share of the users that choose; the rest judge what they chose."""
SALT = 0x5EED_0BB1
TWO_SIDED, ONE_SIDED = "in halves, two-sided 95 %", "in halves, one-sided 95 %"


def halves_advice(log: Log) -> dict[str, tuple[float, ...]]:
    """Multipliers (A,): a plan picked by some users moves where the others' interval is above 0, of two-sided
    95 % or of one-sided; witness, placebo and support gate as in a night."""
    night, table = log.night, log.table
    first = uniform_of(table.entity, SALT) < CHOOSING
    choosing = judge(night, table, first, log.behaviour)
    budget = find_todays_budget(night, log.events, table)
    chosen = stages.choose_split(night, log.events, choosing, log.behaviour, WideEvidence(), budget)
    del choosing
    gc.collect()
    today = (1.0,) * len(table.actions)
    if not chosen.moves:
        return {TWO_SIDED: today, ONE_SIDED: today}
    others = judge(night, table, ~first, log.behaviour)
    past = check_effect_on_the_past(followers_in_log(table, log.behaviour.probabilities))
    target = others.target(chosen.policy(RECOMMENDED))
    value = others.estimator.value(target, RECOMMENDED)
    k = others.journeys.outcome_names.index(PROFIT)
    witness = check_witness(RECOMMENDED, PROFIT, value.uplifts(others.estimator.logged_value, k))
    sound = past.status == witness.status == "ok"

    def advised(level: float) -> tuple[float, ...]:
        settings = night.study.evaluation.model_copy(update={"level": level})
        found = uplift(others.estimator, target, PROFIT, settings, seed=night.study.seed, value=value)
        return chosen.multipliers if sound and isinstance(found, Uplift) and found.low > 0 else today

    return {TWO_SIDED: advised(0.95), ONE_SIDED: advised(0.90)}
