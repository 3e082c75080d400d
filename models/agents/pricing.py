"""At which price, how boldly, and which agent? As everybody trusts most, within budget.

The search looks at a sample of the entities. Of what is within budget the few with the largest bounds are put
to everybody, and what spends the budget there at the price that spends it as everybody counts. They answer
by looks too (`QuickLook`), which the evaluation of what is chosen follows. The choice among those is the one
with the largest lower bound, right for all of them at once (`lower_bounds`): no agent was taught by those who
judge it, so that the class is what was tried and no more.

What the looks left aside is paid for as well: the error that a bound may make is shared by all that was
looked at (Bonferroni), and those who remain have their shares alone. Prices that meet the budget count as one
each, although they were found on these entities: spend is known far better than profit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.stats import norm

from models.agents.policy import ActionValues, AgentPolicy
from models.agents.trials import Looks, Sample, Told, Trial
from models.evaluation import BootstrapT, lower_bounds

SPEND_TOLERANCE = 0.01
"""A policy whose spend lies at most so far below the budget, as a share of it, spends it."""
MAX_SEARCHES = 12
"""Prices tried to meet a budget; each is one look."""
CONFIRMATIONS = 3
"""Prices at which everybody is asked about one softness, until they find the budget spent:"""
NEARLY = 0.02
"""not so well as a search, since asking them is dear and the last two percent of a budget earn little."""
SURVIVORS = 2
"""Of an agent's trials so many are put to everybody at most: none that a dearer one clearly beats,"""
ALIKE = 0.05
"""and two that are as soft have to differ in spend by such a share of the budget."""
ERROR = 0.05
"""Chance that the bound of any agent that was tried lies above what it is worth: one-sided."""

Asked = Callable[[AgentPolicy], Told | None]
"""What everybody says; None where it is not credible."""


@dataclass(frozen=True)
class Grid:
    """What is tried of every agent."""

    prices: Sequence[float]
    """And the one between the lowest and `max_price` at which the budget is spent: agents compare at equal
    spend."""
    softness: Sequence[float]
    max_price: float


@dataclass(frozen=True)
class Finalists:
    """One agent's survivors as everybody has them, and how many trials they survived."""

    agent: AgentPolicy
    """Where everybody supports none: the softest at the first price. The evaluation will say why not."""
    told: tuple[Told, ...]
    looked_at: int

    def acting(self, told: Told) -> AgentPolicy:
        """The agent of one of them."""
        trial = told.trial
        return AgentPolicy(self.agent.ensemble, trial.price, trial.softness, self.agent.name)


@dataclass(frozen=True)
class Priced:
    """Every agent at its price and softness, what everybody says of it, and the one they trust most."""

    agents: dict[str, tuple[AgentPolicy, Trial | None]]
    """None: they support no version of it."""
    best: str | None
    """None without agents."""
    lows: dict[str, float]
    """Of their uplifts: the bound by which they were chosen, right for all that was tried at once."""
    looked_at: int
    """Trials out of which they came."""
    told: dict[str, Told] = field(default_factory=dict)
    """What everybody says of each at its price and softness; without those they support no version of."""


def match_spend(
    spend: Callable[[float], float | None], *, budget: float, low: float, high: float
) -> float | None:
    """The price in [low, high] at which a policy spends the budget, and at most 1 % less.

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


def find_finalists(
    ensemble: ActionValues, name: str, sample: Sample, grid: Grid, everybody: Asked
) -> Finalists:
    """What of an agent is worth asking everybody about, and what they say.

    Looked at are, from the boldest softness on, the given prices and the one that spends the budget
    (`match_spend`). A higher price, or a softer policy, is looked at for as long as the bound does not fall.
    """
    looks = Looks(ensemble, sample, grid.prices)
    reach = float(norm.ppf(1 - ERROR / 2)) * float(np.sqrt(sample.share))  # as everybody's bound will be
    found, before = list[Trial](), -np.inf
    for softness in sorted(grid.softness):
        tried = _climb(looks.trial, softness, grid, sample.budget, reach)
        found += tried
        best = max((t.bound(reach) for t in tried if t.spend <= t.budget), default=None)
        if best is not None:
            if best < before:
                break
            before = best
    within = [trial for trial in found if trial.spend <= trial.budget]
    cheapest = sorted(found, key=lambda trial: (trial.spend, -trial.price, -trial.softness))[:1]
    ranked = sorted(within or cheapest, key=lambda t: (-t.bound(reach), -t.price, -t.softness))
    agent = AgentPolicy(ensemble, grid.prices[0], max(grid.softness), name)
    factor, told, put = 1.0, list[Told](), list[Trial]()
    for trial in _in_turn(ranked):
        if len(told) == SURVIVORS:
            break
        if any(_alike(trial, other) or _beaten(trial, other, looks) for other in put):
            continue
        put.append(trial)
        one, factor = _confirmed(agent, looks, trial, factor, grid, everybody)
        told += [one] if one else []
    return Finalists(agent, tuple(told), looks.asked)


def _in_turn(ranked: Sequence[Trial]) -> list[Trial]:
    """The one with the largest bound, then the one as soft that spends most, at which agents compare, then
    the others: a sample is easily wrong about what a higher price is worth."""
    first = ranked[:1]
    rest = sorted(
        (trial for trial in ranked[1:] if trial.softness == first[0].softness),
        key=lambda trial: -trial.spend,
    )
    return [*first, *rest[:1], *ranked[1:]]


def _alike(one: Trial, other: Trial) -> bool:
    """Two steps of one search for a price, say: as soft, and spending nearly the same."""
    return one.softness == other.softness and abs(one.spend - other.spend) <= ALIKE * one.budget


def _beaten(one: Trial, other: Trial, looks: Looks) -> bool:
    """Does the first spend less than the other one and, at the level of the bound, earn less? A sample may
    flatter what is shown rarely; what looks worse even so is not put to everybody."""
    return one.spend < other.spend and looks.earns_less(one, other, float(norm.ppf(1 - ERROR)))


def choose_among(finalists: dict[str, Finalists], bootstrap: BootstrapT, scale: float) -> Priced:
    """Each agent's version with the largest bound within budget, all of one max-t family, and the best of
    all. One that everybody finds above its budget is taken only where no other is left."""
    pool = [(name, told) for name, some in finalists.items() for told in some.told]
    looked_at = max(sum(some.looked_at for some in finalists.values()), len(pool))
    bounds = _bounds([told for _, told in pool], looked_at, bootstrap, scale)
    agents: dict[str, tuple[AgentPolicy, Trial | None]] = {}
    ranks: dict[str, tuple[bool, float]] = {}
    picked: dict[str, Told] = {}
    for name, some in finalists.items():
        mine = [
            ((told.trial.spend <= told.trial.budget, bound), told)
            for (owner, told), bound in zip(pool, bounds, strict=True)
            if owner == name
        ]
        if not mine:
            agents[name], ranks[name] = (some.agent, None), (False, -np.inf)
            continue
        ranks[name], told = max(mine, key=lambda pair: pair[0])
        agents[name], picked[name] = (some.acting(told), told.trial), told
    lows = {name: low for name, (_, low) in ranks.items()}
    return Priced(
        agents, max(ranks, key=lambda name: ranks[name]) if ranks else None, lows, looked_at, picked
    )


def _bounds(told: Sequence[Told], looked_at: int, bootstrap: BootstrapT, scale: float) -> list[float]:
    """Lower bounds of the uplifts, right for all that was looked at together; -inf where one is not known."""
    if not told:
        return []
    return lower_bounds(
        np.column_stack([one.uplift for one in told]),
        bootstrap,
        scale=scale,
        error=ERROR * len(told) / looked_at,
        gross=[one.gross for one in told],
    )


def _confirmed(
    acting: AgentPolicy, looks: Looks, trial: Trial, factor: float, grid: Grid, everybody: Asked
) -> tuple[Told | None, float]:
    """A trial as everybody has it, at the price at which they find the budget spent where looks did, and the
    factor from the spend that looks tell to theirs; `factor`: as far as it is known before."""
    binds, best = trial.of_budget >= 1 - SPEND_TOLERANCE, None
    price, softness = trial.price, trial.softness

    def spend(price: float) -> float | None:
        answer = looks.trial(price, softness, factor)
        return None if answer is None else answer.spend

    for turn in range(CONFIRMATIONS):
        if turn or (binds and factor != 1.0):
            looked_at = [replace(one, spend=factor * one.spend) for one in looks.known(softness)]
            low, high = _around(looked_at, trial.budget, grid)
            again = match_spend(spend, budget=trial.budget, low=low, high=high)
            if again is None or (turn and again == price):
                break
            price = again
        told = everybody(replace(acting, price=price, softness=softness))
        if told is None:
            break
        if best is None or _nearer(told.trial, best.trial):
            best = told
        said, looked = told.trial.of_budget, looks.trial(price, softness)
        if said <= 1.0 and (not binds or said >= 1 - NEARLY):
            break
        if looked is None or looked.spend <= 0:
            break
        factor = said / looked.of_budget
    return best, factor


def _nearer(one: Trial, other: Trial) -> bool:
    """Is the first within its budget and the second not, or both within and the first spends more of it?"""
    first, second = one.of_budget, other.of_budget
    return (first <= 1.0, first if first <= 1.0 else -first) > (
        second <= 1.0,
        second if second <= 1.0 else -second,
    )


def _around(found: Sequence[Trial], budget: float, grid: Grid) -> tuple[float, float]:
    """The prices next to the one that spends the budget, below and above it, among those looked at and the
    lowest and highest there are."""
    low = max((t.price for t in found if t.spend > budget), default=min(grid.prices))
    most = max(grid.max_price, *grid.prices)
    return low, min((t.price for t in found if t.spend <= budget and t.price > low), default=most)


def _climb(
    trial: Callable[[float, float], Trial | None], softness: float, grid: Grid, budget: float, reach: float
) -> list[Trial]:
    """Credible trials at one softness: up the prices to the first within budget, the one that spends it, and
    further up while the bound rises."""
    found: dict[float, Trial] = {}

    def at(price: float) -> Trial | None:
        answer = found.get(price) or trial(price, softness)
        if answer is not None:
            found[price] = answer
        return answer

    def spend(price: float) -> float | None:
        answer = at(price)
        return None if answer is None else answer.spend

    rest = sorted(grid.prices)
    while rest:
        first = at(rest.pop(0))
        if first is not None and first.spend <= budget:
            break
    low, high = _around(list(found.values()), budget, grid)
    match_spend(spend, budget=budget, low=low, high=high)
    for price in rest:
        within = [t for t in found.values() if t.spend <= budget]
        top = max(within, key=lambda t: t.price, default=None)
        if top is not None and top.bound(reach) < max(t.bound(reach) for t in within):
            break
        at(price)
    return list(found.values())
