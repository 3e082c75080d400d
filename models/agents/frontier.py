"""The personalised frontier: what agents earn at each budget, answered without fitting anything again.

Agents at a grid of prices, today's delivery and its cuts are points (spend, margin). The upper concave hull
over (spend, lower bound of margin) is what can be had: between two neighbouring corners a mixture, in which
each entity is dealt to one of the two policies for good, spends any budget exactly and earns in proportion
(Boutilier & Lu 2016; Carrara et al. 2019). The hull's slope is the marginal return of the budget.

The margins of a mixture are exact in expectation: one entity's purchases do not depend on another's policy.
Spend is that of the next period (`models.spending`), margins are those of the log's average, for as many as
come today, for want of newer ones.
The corners are chosen by the entities that value them, so the winner's curse is in the values. The low end
of a margin is therefore right for all policies that were tried at once (`lower_bounds`), and for every
mixture of them: the mixture of two such bounds is one. Nobody values an agent that has seen them
(`models.agents.folds`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.agents.networks_side_by_side import networks_side_by_side
from models.evaluation import normal_interval, standard_errors
from models.mdp import uniform_of
from models.numerics import upper_hull
from models.policies import Policy, of_fold
from models.results import Interval
from models.spending import PolicySpend, SpendDoubt, mixed
from sql.errors import StudyError

Floats = NDArray[np.float64]
IntervalMethod = Callable[[Floats, float], Interval]
LowerBounds = Callable[[Floats], Sequence[float]]
"""Of the sums of contributions (C, m), right for all m at once."""
MIXTURE_SALT = 0x5EED_0A0B
NOBODY = 1e-9
"""Share of entities that is rounding and nothing more."""


@dataclass(frozen=True)
class MixturePolicy:
    """Two policies, the second with probability `share`.

    `takes_second` deals entities to one of the two for good: what the frontier values, and what activation
    should do. `probabilities` mixes anew at every decision: the nearest policy that sees the state alone. It
    spends nearly the same, and what it earns is for an evaluation to say.
    """

    first: Policy
    second: Policy
    share: float
    name: str

    def probabilities(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: Floats
    ) -> Floats:
        """(n, A)"""
        first, second = (p.probabilities(features, eligible, behaviour) for p in (self.first, self.second))
        return (1.0 - self.share) * first + self.share * second

    def of_fold(self, fold: int) -> "MixturePolicy":
        """As the entities of a fold are to judge it."""
        return replace(self, first=of_fold(self.first, fold), second=of_fold(self.second, fold))

    @property
    def used(self) -> tuple[Policy, ...]:
        """Those of the two that anybody follows."""
        shares = ((self.first, 1.0 - self.share), (self.second, self.share))
        return tuple(policy for policy, share in shares if share > NOBODY)

    def takes_second(self, entity: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n,) who follows the second policy: by a hash, the same every night. A larger share only adds."""
        return uniform_of(entity, MIXTURE_SALT) < self.share


@dataclass(frozen=True)
class Evaluated:
    """A policy on some entities, currency units per budget period."""

    contributions: Floats  # (C, 1 + K) margin and the channels' spend by entity: sums are totals
    spend: PolicySpend | None = None
    """In the next period; None: as in the contributions, where no period follows the log's."""


Evaluate = Callable[[Policy], Evaluated | None]
"""None where the log does not support the policy."""


@dataclass(frozen=True)
class Corner:
    """One policy on the frontier. Totals per budget period in currency units."""

    policy: Policy
    price: float
    """At which the agent acts; NaN for a rule."""
    contributions: Floats  # (C, 1 + K) margin, spend per channel: as evaluated, on the log's average
    low: float = float("inf")
    """Of the margin, right for all policies that were tried."""
    ahead: PolicySpend | None = None
    """What it spends in the next period; None: as in the contributions."""

    @property
    def spend(self) -> float:
        return self.spends.total

    @property
    def spends(self) -> PolicySpend:
        """Of the next period, or of the log's average."""
        average = self.contributions[:, 1:]
        return self.ahead or PolicySpend(average.sum(axis=0), average)

    @property
    def margin(self) -> float:
        return float(self.contributions[:, 0].sum())


@dataclass(frozen=True)
class FrontierAnswer:
    """What a budget can earn. Totals per budget period in currency units."""

    budget: float
    share: float
    """Of entities that follow the one that spends more."""
    policy: MixturePolicy
    value: float
    """Margin."""
    interval: Interval
    spend: float
    """The budget, or less: beyond the best corner money stays unspent."""
    spend_interval: Interval
    """If it is left alone,"""
    spend_corrected: Interval | None
    """and if every night corrects it towards the money left; None where no period follows the log's."""
    spend_by_channel: dict[str, float]
    contributions: Floats  # (C, 1 + K) margin, spend per channel: as evaluated, both on the log's average


@dataclass(frozen=True)
class PolicyFrontier:
    """Corners of the upper concave hull, by what they spend."""

    corners: tuple[Corner, ...]
    channels: tuple[str, ...]
    interval: IntervalMethod
    level: float
    today: Floats | None = None  # (C, 1 + K) today's delivery, whose spend is known: it is in no doubt
    doubt: SpendDoubt | None = None
    """Of the next period's spend; None where no period follows the log's."""

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the most that can be spent."""
        return self.corners[0].spend, self.corners[-1].spend

    def at(self, budget: float) -> FrontierAnswer:
        """The mixture that meets the budget. StudyError where even the cheapest policy spends more."""
        met = np.array([corner.spend for corner in self.corners])
        if not budget >= met[0]:
            raise StudyError(
                f"no policy on the frontier spends as little as {budget:,.0f}: the cheapest, "
                f"{self.corners[0].policy.name}, spends {met[0]:,.0f}"
            )
        right = int(np.searchsorted(met, min(budget, met[-1]), side="left"))
        left = max(right - 1, 0)
        low, high = self.corners[left], self.corners[right]
        share = 1.0 if right == left else (min(budget, high.spend) - low.spend) / (high.spend - low.spend)
        values = (1.0 - share) * low.contributions + share * high.contributions
        spends = mixed(low.spends, high.spends, share)
        return FrontierAnswer(
            budget=budget,
            share=share,
            policy=MixturePolicy(low.policy, high.policy, share, f"frontier at {budget:,.0f}"),
            value=float(values[:, 0].sum()),
            interval=self._margin(values, (1.0 - share) * low.low + share * high.low),
            spend=spends.total,
            spend_interval=self._spend(spends),
            spend_corrected=self._corrected(budget),
            spend_by_channel=dict(zip(self.channels, spends.by_channel.tolist(), strict=True)),
            contributions=values,
        )

    def _margin(self, values: Floats, together: float) -> Interval:
        """Interval of the margin of (C, 1 + K), which reaches down to the bound that holds for all tried."""
        found = self.interval(np.ascontiguousarray(values[:, 0]), self.level)
        return replace(found, low=min(found.low, together))

    def _spend(self, spends: PolicySpend) -> Interval:
        """If it is left alone. Of the log's average: from its difference to today's by entity, where that is
        known."""
        if self.doubt is not None:
            return self.doubt.of_total(spends, self.level)
        known, more = 0.0, spends.influence.sum(axis=1)
        if self.today is not None:
            now = self.today[:, 1:].sum(axis=1)
            known, more = float(now.sum()), more - now
        if not more.any():
            return Interval(known, known, known, self.level)
        found = self.interval(more, self.level)
        return Interval(known + found.estimate, max(known + found.low, 0.0), known + found.high, self.level)

    def _corrected(self, budget: float) -> Interval | None:
        if self.doubt is None:
            return None
        least, most = (self.doubt.of_total(c.spends, self.level) for c in (self.corners[0], self.corners[-1]))
        return self.doubt.corrected(budget, least, most)


def policy_frontier(
    policies: Sequence[tuple[Policy, float]],
    evaluate: Evaluate,
    today: Floats,
    *,
    channels: tuple[str, ...],
    z: float,
    level: float = 0.95,
    interval: IntervalMethod | None = None,
    lows: LowerBounds | None = None,
) -> PolicyFrontier:
    """The frontier of policies, each with the price it acts at (NaN for a rule).

    today (C, 1 + K): contributions of today's delivery. A corner's height is its lower bound of margin
    against today's, estimate - z x standard error; a mixture's own bound lies above the line between its
    corners. Give cuts of today's delivery too if small budgets are to be met. lows: of the margins of all
    that were tried together; None: no such bound is known, and the interval's own low end stands.
    Raises StudyError where the log supports none of the policies.
    """
    corners = sorted(_credible(policies, evaluate), key=_order)
    if lows is not None:
        together = lows(np.column_stack([corner.contributions[:, 0] for corner in corners]))
        corners = [replace(corner, low=low) for corner, low in zip(corners, together, strict=True)]
    heights = [_lower_bound(c.contributions[:, 0] - today[:, 0], z) for c in corners]
    hull = upper_hull([c.spend for c in corners], heights)
    found = tuple(corners[i] for i in hull)
    return PolicyFrontier(found, channels, interval or _normal, level, today)


def _credible(policies: Sequence[tuple[Policy, float]], evaluate: Evaluate) -> list[Corner]:
    found = networks_side_by_side(lambda policy: _corner(*policy, evaluate), policies)
    # a spend below 0 is extrapolation, not a policy
    corners = [corner for corner in found if corner is not None and corner.spend >= 0]
    if not corners:
        raise StudyError("there is no frontier: the log supports none of its policies")
    return corners


def _corner(policy: Policy, price: float, evaluate: Evaluate) -> Corner | None:
    found = evaluate(policy)
    return None if found is None else Corner(policy, price, found.contributions, ahead=found.spend)


def _order(corner: Corner) -> tuple[float, float, str, float]:
    return corner.spend, corner.margin, corner.policy.name, np.nan_to_num(corner.price, nan=-1.0)


def _lower_bound(gain: Floats, z: float) -> float:
    """Of the sum of (C,); today's delivery against itself is 0 without doubt."""
    if not gain.any():
        return 0.0
    error = float(standard_errors(gain[:, None])[0])
    return float(gain.sum()) - z * error if np.isfinite(error) else float("-inf")


def _normal(values: Floats, level: float) -> Interval:
    found = normal_interval(values, scale=1.0, level=level)
    return found or Interval(float(values.sum()), float("-inf"), float("inf"), level)
