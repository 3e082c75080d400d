"""What to show whom next: for activation systems, one row per entity still present.

The plan that was evaluated, as it was evaluated: the probabilities of softened agents, each entity dealt to
one policy of a mixture for good. One action is drawn from them by a hash of the entity, so that nobody's
changes from night to night without a change of the probabilities.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.agents.frontier import MixturePolicy
from models.agents.newest_spend import mean_costs
from models.agents.policy import AgentPolicy
from models.mdp import NextDecisions, Transitions, uniform_of
from models.policies import Policy

Floats = NDArray[np.float64]
Evaluate = Callable[[NDArray[np.float32], NDArray[np.bool_]], Floats]
"""From features (m, d) and eligible actions (m, A) to a figure for every action (m, A)."""

DRAW_SALT = 0x5EED_0A0C
DIGITS = 6
DO_NOT_ACT = "do_not_act"
"""The action of every entity on a night whose report says that nobody should act on it."""


def next_best_actions(
    transitions: Transitions,
    plan: MixturePolicy,
    delivery: Policy,
    *,
    min_probability: float,
    budget: float = 1.0,
    lately_days: int | None = None,
) -> pl.DataFrame:
    """entity | action, supported, probability:<action> of each, gain:<channel> in currency units against
    `none`; sorted by entity.

    Probabilities are the plan's; `action` is drawn from them. Where the log met its channels one at a time,
    the plan decides on each alone, and they are those of the first it would show, the largest gain first.
    `budget`: the plan's, as a multiple of today's spend. Where the plan would spend more than that, relative
    to what today's delivery would in the same states, all its ads are thinned alike down to it.
    `lately_days`: a channel that nobody was shown for so long has ended, and is not offered. The gain is
    what the plan's agent believes, at its price, and no promise: it was not re-estimated per entity.
    `supported`: today's delivery chooses the action with at least `min_probability` in such a state.
    Raises TypeError for a mixture of rules alone, which believe nothing.
    """
    upcoming = transitions.next_decisions
    if upcoming is None or len(upcoming.entity) == 0:
        return _empty(transitions.actions)
    if lately_days is not None:
        upcoming = replace(upcoming, eligible=upcoming.eligible & _running(transitions, lately_days))
    unknown = np.full(upcoming.eligible.shape, np.nan)

    def usual(features: NDArray[np.float32], eligible: NDArray[np.bool_]) -> Floats:
        return delivery.probabilities(features, eligible, unknown)

    def chosen(features: NDArray[np.float32], eligible: NDArray[np.bool_]) -> Floats:
        return _dealt(plan, upcoming.entity, features, eligible, usual(features, eligible))

    def believed(features: NDArray[np.float32], eligible: NDArray[np.bool_]) -> Floats:
        values = _values(plan, upcoming.entity, features, eligible)
        return values - _usual_value(values, features, eligible)[:, None]

    def _usual_value(values: Floats, features: NDArray[np.float32], eligible: NDArray[np.bool_]) -> Floats:
        """(m,) of doing nothing, or, where something is always chosen, of today's delivery."""
        found, chosen = values[:, 0].copy(), ~eligible[:, 0]
        if chosen.any():
            known = np.where(eligible, values, 0.0)[chosen]
            found[chosen] = np.einsum("ma,ma->m", usual(features, eligible)[chosen], known, optimize=False)
        return found

    if transitions.eligible[:, 1:].sum(axis=1).max(initial=0) > 1:
        gains, today, ads = (f(upcoming.features, upcoming.eligible) for f in (believed, usual, chosen))
        ads = _within(ads, today, mean_costs(transitions), budget)
    else:
        gains = _one_at_a_time(transitions, upcoming, believed, fill=-np.inf)
        today, ads = (_one_at_a_time(transitions, upcoming, f, fill=0.0) for f in (usual, chosen))
        ads = _first_of(_within(ads, today, mean_costs(transitions), budget), gains)
        today[:, 0] = (1.0 - today[:, 1:]).prod(axis=1)
    ads = _rounded(ads, upcoming.eligible[:, 0])
    drawn = _drawn(upcoming.entity, ads)
    found = pl.DataFrame(
        {
            "entity": upcoming.entity,
            "action": np.array(transitions.actions)[drawn],
            "supported": today[np.arange(len(drawn)), drawn] >= min_probability,
            **{f"probability:{name}": ads[:, k] for k, name in enumerate(transitions.actions)},
            **{
                f"gain:{name}": _where(np.round(gains[:, k], DIGITS), upcoming.eligible[:, k])
                for k, name in enumerate(transitions.actions)
                if k > 0
            },
        }
    )
    return found.sort("entity")


def do_not_act(transitions: Transitions) -> pl.DataFrame:
    """The same table on a night whose report says not to act on it: no probability, no gain."""
    upcoming = transitions.next_decisions
    entities = np.zeros(0, np.int64) if upcoming is None else np.sort(upcoming.entity)
    told = pl.DataFrame({"entity": entities}).with_columns(action=pl.lit(DO_NOT_ACT), supported=pl.lit(False))
    return pl.concat([_empty(transitions.actions), told], how="diagonal")


def told_actions(transitions: Transitions, action: NDArray[np.int64]) -> pl.DataFrame:
    """The same table where the night says an action (m,) for each entity outright; no gain is told of one."""
    upcoming = transitions.next_decisions
    if upcoming is None or len(upcoming.entity) == 0:
        return _empty(transitions.actions)
    told = {f"probability:{name}": (action == k) * 1.0 for k, name in enumerate(transitions.actions)}
    names = np.array(transitions.actions)[action]
    found = pl.DataFrame({"entity": upcoming.entity, "action": names, "supported": True, **told})
    return pl.concat([_empty(transitions.actions), found.sort("entity")], how="diagonal")


def _running(transitions: Transitions, days: int) -> NDArray[np.bool_]:
    """(A,) actions taken in so many days up to the last ad of the log; `none` always."""
    shown = transitions.action > 0
    newest = shown & (transitions.day > transitions.day[shown].max(initial=0) - days)
    found = np.bincount(transitions.action[newest], minlength=len(transitions.actions)) > 0
    found[0] = True
    return found


def _empty(actions: tuple[str, ...]) -> pl.DataFrame:
    figures = (*(f"probability:{a}" for a in actions), *(f"gain:{a}" for a in actions[1:]))
    columns = {"entity": pl.Int64, "action": pl.String, "supported": pl.Boolean}
    return pl.DataFrame(schema={**columns, **dict.fromkeys(figures, pl.Float64)})


def _where(values: Floats, known: NDArray[np.bool_]) -> pl.Series:
    found = [value if k else None for value, k in zip(values.tolist(), known, strict=True)]
    return pl.Series(found, dtype=pl.Float64)


def _within(ads: Floats, today: Floats, cost: Floats, budget: float) -> Floats:
    """Probabilities (m, A) whose ads cost at most `budget` times what today's delivery (m, A) would; as they
    are where nobody ever does nothing, since something has to be chosen."""
    ours, usual = (float(np.einsum("na,a->", p, cost, optimize=False)) for p in (ads, today))
    if not ours > budget * usual > 0 or not today[:, 0].any():
        return ads
    thinned = ads * (budget * usual / ours)
    thinned[:, 0] = 1.0 - thinned[:, 1:].sum(axis=1)
    return thinned


def _first_of(shown: Floats, gains: Floats) -> Floats:
    """(m, A) chance that an ad is the first to be shown, of chances (m, A) for each alone, tried by gain."""
    order = np.argsort(-gains[:, 1:], axis=1, kind="stable") + 1
    found, left = np.zeros(shown.shape), np.ones(len(shown))
    for at in order.T:
        rows = np.arange(len(shown))
        found[rows, at] = left * shown[rows, at]
        left = left * (1.0 - shown[rows, at])
    found[:, 0] = left
    return found


def _rounded(chance: Floats, idle: NDArray[np.bool_]) -> Floats:
    """(m, A) probabilities in DIGITS that add up to 1: what rounding leaves is left to doing nothing, where
    that is possible (m,), else to the likeliest action."""
    found = np.round(chance, DIGITS)
    found[:, 0] = np.round(1.0 - found[:, 1:].sum(axis=1), DIGITS)
    rest, rows = np.where(idle, 0.0, found[:, 0]), np.arange(len(found))
    likeliest = 1 + np.argmax(found[:, 1:], axis=1) if found.shape[1] > 1 else np.zeros(len(found), np.int64)
    found[rows, likeliest] = np.where(
        idle, found[rows, likeliest], np.round(found[rows, likeliest] + rest, DIGITS)
    )
    found[~idle, 0] = 0.0
    return found


def _drawn(entity: NDArray[np.int64], chance: Floats) -> NDArray[np.int64]:
    """(m,) an action each, by the entity's own number in [0, 1): channels in order, the rest for doing
    nothing, or where that is never done for the likeliest."""
    edges = np.cumsum(chance[:, 1:], axis=1)
    place = (uniform_of(entity, DRAW_SALT)[:, None] >= edges).sum(axis=1)
    rest = np.where(chance[:, 0] > 0, 0, np.argmax(chance, axis=1))
    return np.where(place < edges.shape[1], place + 1, rest)


def _dealt(
    plan: MixturePolicy,
    entity: NDArray[np.int64],
    features: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    usual: Floats,
) -> Floats:
    """(m, A) probabilities of the policy that each entity follows; usual (m, A) today's delivery's."""
    found, second = np.empty(eligible.shape), plan.takes_second(entity)
    for policy, rows in ((plan.first, ~second), (plan.second, second)):
        if rows.any():
            found[rows] = policy.probabilities(features[rows], eligible[rows], usual[rows])
    return found


def _values(
    plan: MixturePolicy,
    entity: NDArray[np.int64],
    features: NDArray[np.float32],
    eligible: NDArray[np.bool_],
) -> Floats:
    """(m, A) what the agent that an entity follows believes of every action; the other one's belief where it
    follows a rule."""
    agents = [policy for policy in (plan.first, plan.second) if isinstance(policy, AgentPolicy)]
    if not agents:
        raise TypeError(f"{plan.first.name} has no action values")
    values, second = np.empty(eligible.shape), plan.takes_second(entity)
    for policy, rows in ((plan.first, ~second), (plan.second, second)):
        agent = policy if isinstance(policy, AgentPolicy) else agents[0]
        if rows.any():
            values[rows] = agent.ensemble.action_values(features[rows], eligible[rows], agent.price)
    return values


def _one_at_a_time(
    transitions: Transitions, upcoming: NextDecisions, evaluate: Evaluate, *, fill: float
) -> Floats:
    """(m, A) every channel as the only one that can be shown, which is how the log met them all; `fill` where
    it is not eligible, and for none."""
    spec = {f.name: i for i, f in enumerate(transitions.feature_spec)}
    columns = [spec.get(f"eligible_{channel}") for channel in transitions.actions[1:]]
    said = [c for c in columns if c is not None]
    found = np.full(upcoming.eligible.shape, fill)
    for k, column in enumerate(columns, start=1):
        mine = upcoming.eligible[:, k]
        alone = np.zeros_like(upcoming.eligible)
        alone[:, 0], alone[:, k] = True, mine
        features = upcoming.features.copy()
        features[:, said] = 0.0
        if column is not None:
            features[:, column] = mine
        found[mine, k] = evaluate(features, alone)[mine, k]
    return found
