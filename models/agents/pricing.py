"""At which price, and how boldly, should an agent act? As the choosing entities trust most, within budget.

The search asks by `quick_look` where there is one, and what it finds is evaluated in full: the result is
never a look's. Where the full spend is off by more than 0.5 %, the looks are corrected by it and the search
goes on; after a few such turns it asks in full.
"""

from collections.abc import Callable, Sequence

from models.agents.policy import ActionValues, AgentPolicy
from models.agents.trials import Asked, Choosers, Trial

SPEND_TOLERANCE = 0.005
"""A policy whose spend lies at most so far below the budget, as a share of it, spends it."""
MAX_SEARCHES = 12
"""Prices tried to meet a budget; each is one evaluation, or one look."""
CONFIRMATIONS = 4
"""Policies found by looks that are evaluated, before the search is made in full."""


def choose_trial(trials: Sequence[Trial], *, budget: float, hurdle: float) -> Trial | None:
    """The trial with the largest promise among those within the budget; where every one spends more,
    the one that spends least. Ties go to the higher price, then the softer policy. None without trials."""
    within = [t for t in trials if t.spend <= budget]
    if within:
        return max(within, key=lambda t: (t.promise(hurdle), t.price, t.softness))
    return min(trials, key=lambda t: (t.spend, -t.price, -t.softness), default=None)


def match_spend(
    spend: Callable[[float], float | None], *, budget: float, low: float, high: float
) -> float | None:
    """The price in [low, high] at which a policy spends the budget, and at most 0.5 % less.

    spend(price): what the policy spends, falling in the price; None where that is not credible. `low` where
    even that spends no more than the budget: the rest stays unspent. None where no price is found: spend at
    `high` is still above, not credible on the way, or jumps over the budget (a greedy policy, few states).
    Interpolation and bisection in turn, aimed a little below the budget.
    """
    at_low = spend(low)
    if at_low is None or at_low <= budget:
        return None if at_low is None else low
    at_high = spend(high)
    if at_high is None or at_high > budget:
        return None
    for turn in range(MAX_SEARCHES):
        if at_high >= (1 - SPEND_TOLERANCE) * budget:
            return high
        share = (at_low - (1 - SPEND_TOLERANCE / 2) * budget) / (at_low - at_high)
        price = low + (high - low) * (share if turn % 2 == 0 else 0.5)
        found = spend(price)
        if found is None:
            return None
        if found > budget:
            low, at_low = price, found
        else:
            high, at_high = price, found
    return None


def price_agent(
    ensemble: ActionValues,
    name: str,
    choosers: Choosers,
    *,
    prices: Sequence[float],
    softness: Sequence[float],
    budget: float,
    hurdle: float,
    max_price: float | None = None,
) -> tuple[AgentPolicy, Trial | None]:
    """The agent at its chosen price and softness, and what the choosing entities say of it.

    Tried are, from the boldest softness on, the given prices and the one between the lowest and `max_price`
    (default: the highest of `prices`) at which the agent spends the budget (`match_spend`): agents compare at
    equal spend. A higher price, or a softer policy, is tried for as long as the promise does not fall.
    Where the log supports none of them (None), the policy is the softest at the first price: it will be
    refused by the evaluation, with the reason.
    """
    asked = Asked(ensemble, choosers)
    most = max(max_price or 0.0, *prices)

    def search(factor: dict[float, float] | None) -> Trial | None:
        """factor: of the spend a look tells, by softness; None: in full."""

        def trial(price: float, temperature: float) -> Trial | None:
            if factor is None:
                return asked.trial(price, temperature, look=False)
            return asked.trial(price, temperature, look=True, factor=factor.get(temperature, 1.0))

        return _search(
            trial,
            prices=sorted(prices),
            softness=sorted(softness),
            budget=budget,
            hurdle=hurdle,
            max_price=most,
        )

    best: Trial | None = None
    factor: dict[float, float] = {}
    for _ in range(CONFIRMATIONS if choosers.look else 0):
        found = search(factor)
        told = found and asked.trial(found.price, found.softness, look=False)
        if found is None or told is None:
            break
        if _agree(found, told, budget):
            best = told
            break
        if found.spend <= 0:
            break
        factor[found.softness] = factor.get(found.softness, 1.0) * told.spend / found.spend
    best = best or search(None)
    if best is None:
        return AgentPolicy(ensemble, prices[0], max(softness), name), None
    return AgentPolicy(ensemble, best.price, best.softness, name), best


def _search(
    trial: Callable[[float, float], Trial | None],
    *,
    prices: Sequence[float],
    softness: Sequence[float],
    budget: float,
    hurdle: float,
    max_price: float,
) -> Trial | None:
    """The best of the trials that are worth it; prices and softness ascending."""
    trials: list[Trial] = []
    before: float | None = None
    for temperature in softness:
        tried = _climb(trial, temperature, prices, budget, hurdle, max_price)
        trials += tried
        best = max((t.promise(hurdle) for t in tried if t.spend <= budget), default=None)
        if best is not None:
            if before is not None and best < before:
                break
            before = best
    return choose_trial(trials, budget=budget, hurdle=hurdle)


def _agree(found: Trial, told: Trial, budget: float) -> bool:
    """Does the full evaluation find what the look did: the same spend, as near below the budget or above?"""
    near = abs(told.spend - found.spend) <= SPEND_TOLERANCE * abs(found.spend)
    edges = (1 - SPEND_TOLERANCE) * budget, budget
    return near and all((told.spend <= edge) == (found.spend <= edge) for edge in edges)


def _climb(
    trial: Callable[[float, float], Trial | None],
    softness: float,
    prices: Sequence[float],
    budget: float,
    hurdle: float,
    max_price: float,
) -> list[Trial]:
    """Credible trials at one softness: up the prices to the first within budget, the one that spends it, and
    further up while the promise rises."""
    found: dict[float, Trial] = {}

    def at(price: float) -> Trial | None:
        answer = found.get(price) or trial(price, softness)
        if answer is not None:
            found[price] = answer
        return answer

    def spend(price: float) -> float | None:
        answer = at(price)
        return None if answer is None else answer.spend

    rest = list(prices)
    while rest:
        first = at(rest.pop(0))
        if first is not None and first.spend <= budget:
            break
    low = max((p for p, t in found.items() if t.spend > budget), default=min(prices))
    high = min((p for p, t in found.items() if t.spend <= budget and p > low), default=max_price)
    match_spend(spend, budget=budget, low=low, high=high)
    for price in rest:
        within = [t for t in found.values() if t.spend <= budget]
        top = max(within, key=lambda t: t.price, default=None)
        if top is not None and top.promise(hurdle) < max(t.promise(hurdle) for t in within):
            break
        at(price)
    return list(found.values())


def most_trusted(priced: Sequence[tuple[AgentPolicy, Trial | None]], *, hurdle: float) -> AgentPolicy | None:
    """The agent with the largest promise on the choosing entities; any, where none is credible."""
    credible = [(policy, trial) for policy, trial in priced if trial is not None]
    if credible:
        return max(credible, key=lambda pair: pair[1].promise(hurdle))[0]
    return priced[0][0] if priced else None
