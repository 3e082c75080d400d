"""Settings of learning and estimating: the decision process, agents, evaluation, split.

Each setting stands once, with its default, range and advice.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sql.settings import Settings


def _matching(pattern: str, words: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(words)
        return text

    return AfterValidator(check)


def _share_of_today(worst: float) -> float:
    if not -1 < worst <= 1:
        raise ValueError(
            "worst is a share of today's level, above -1 and at most 1: 0.1 lets it rise by 10 %, -0.1 "
            "lets it fall by 10 %"
        )
    return worst


def _share_of_revenue(rate: float) -> float:
    if not 0 < rate <= 1:
        raise ValueError("it must be above 0 and at most 1, such as 0.4 for 40 %")
    return rate


Noun = Annotated[str, Field(pattern="^[A-Za-z][A-Za-z -]{0,39}$")]
"""Words that sentences hold, in letters, spaces and hyphens."""


class VocabularySettings(Settings):
    """Words of the study, where its readers use others: `models.results.Vocabulary` says what each is for."""

    actions: Noun | None = None
    """The plural of `decision.action`, where it is not the regular one."""
    treatment: Noun | None = None
    """What an entity gets: `ad`; with another action than `channel`, the action."""
    treatments: Noun | None = None
    show: Noun | None = None
    """The verb of delivery, as in `show each ad`, `the platform shows it`, `it was shown`."""
    shows: Noun | None = None
    showed: Noun | None = None
    shown: Noun | None = None
    see: Noun | None = None
    """The verb of an entity, as in `see`, `has seen` and `saw an ad`."""
    seen: Noun | None = None
    saw: Noun | None = None
    nothing: Noun | None = None
    """What `none` is called: `no ad`."""
    delivery: Noun | None = None
    """A logged treatment: `impression`."""
    platforms: Noun | None = None
    """Where budgets are typed in: `ad platforms`."""
    success: Noun | None = None
    """What earns the margin: `purchase`."""
    successes: Noun | None = None


class DecisionSettings(Settings):
    """The Markov decision process the logs are read as."""

    action: Annotated[str, Field(pattern="^[A-Za-z][A-Za-z_ -]{0,39}$")] = "channel"
    """What is decided, in the singular, `_` for a space. A word only: the logs' column stays `channel`."""
    idle: Annotated[
        str, _matching(r"(\S(.{0,78}\S)?)?", 'write a word without blanks around it, or "" if there is none')
    ] = "none"
    """What the logs call the action that does nothing: where nothing is logged in an epoch, this was done. It
    may cost something unless it is `none`. Empty where something is always chosen: then a decision is what is
    logged, and nothing else."""
    parts: tuple[Noun, ...] = ()
    """What the names of actions are made of, where they have parts between ` / `: `video / price / red` is a
    format, a claim and a colour. A test then says what each part is worth, and actions that share parts lend
    each other strength: for many actions that were each done rarely."""
    repeat: bool = False
    """True where one action may be taken several times in an epoch, each time a decision of its own. False:
    what an epoch shows of one action is one decision, after which the others are left."""
    single_step: bool = False
    """True for an e-mail test or a bandit log: one decision per entity, horizon 1."""
    every_logged: bool = False
    """True where every decision is a row of impressions, doing nothing (`none`) included: `logs.context` is
    then what was known at that very decision, such as the stock on hand and on order. False: what came with
    the last ad before it, since an ad that was not shown has no row."""
    epoch_days: int = Field(default=1, ge=1, le=31)
    """Length of a decision epoch."""
    horizon_days: int = Field(default=7, ge=1, le=366)
    """A policy is in force for this long, then today's delivery returns. One budget period suits most."""
    tail_days: int = Field(default=14, ge=0, le=366)
    """Margin and cost are counted for this long after the horizon: the carry-over of what was shown."""
    inactive_days: int = Field(default=60, ge=1)
    """An entity without any event for this long has left; its last transition is terminal."""
    discount_per_day: float = Field(default=0.97, gt=0, le=1)
    """gamma of the learners, per day. The evaluation of a horizon is undiscounted."""
    margin_rate: Annotated[float, AfterValidator(_share_of_revenue)] = 1.0
    """Margin per unit of revenue, used where purchases carry no margin of their own. Where some do and
    some do not, it serves the others only if the study sets it; else these are refused."""
    attribution_days: int = Field(default=7, ge=0)
    """Window of the platform-style attributed ROAS, a report column and never a reward."""
    delay_quantile: float = Field(default=0.95, gt=0, lt=1)
    """Decisions younger than this quantile of the purchase reporting delay are left out."""
    windows_days: tuple[int, ...] = (1, 7, 30)
    """Look-back windows of the count features."""
    max_per_epoch: int | None = Field(default=None, ge=1)
    """Frequency cap of delivery: different actions (with `repeat`, decisions) per entity and epoch, after
    which nothing more is possible. Left out: the most that the log ever shows. 1 reads a day as one decision
    among its channels; above 1, every opportunity is a decision of its own."""
    levels: tuple[float, ...] = ()
    """Of an action that is ordered: its levels, as the log's numbers, lowest first. With `single_step` and
    levels drawn by lot the question is then how much, and neighbours lend each other strength."""
    level_unit: Annotated[str, Field(pattern=r"^[^\s<>&]{0,12}$")] = ""
    """What levels are counted in: `%`, `EUR`, `units`."""
    demand: str = ""
    """Of levels in per cent off: the outcome that counts what was sold, whose price elasticity is told."""
    stock: tuple[str, str] | tuple[()] = ()
    """Of levels that stock is ordered up to: the outcomes that count what was sold of it and what was left,
    the study's two goals. A day then tells what every lower level would have sold; what was wanted and not
    there need not be known."""
    second_price: bool = False
    """True of levels that are bids where the winner pays the next highest one: an auction then tells what
    every lower bid would have won and paid. `cost` is the price paid, 0 where the auction was lost."""
    eligible: Literal["opportunities", "all", "seen"] = "opportunities"
    """Which actions were possible: those with an opportunity that day; all, always; or (tier B)
    those the entity's day shows were delivered. Tier B logs fall back to `seen`."""

    @property
    def margin_rate_set(self) -> float | None:
        """The margin rate that the study sets; None where it sets none, and revenue stands for margin."""
        return self.margin_rate if "margin_rate" in self.model_fields_set else None


class OutcomeSettings(Settings):
    """`[[outcome]]`: what one thing that follows decisions is to the study. Every log has `margin`, `clicks`
    and `purchases`; margin is the goal unless the study names it or a goal of its own."""

    name: Annotated[
        str, _matching("[A-Za-z][A-Za-z0-9_ -]{0,39}", "begin with a letter; then letters, digits, _ and -")
    ]
    unit: Annotated[str, _matching("[A-Za-z%][A-Za-z0-9_ %/-]{0,23}", "write a word in letters")] | None = (
        None
    )
    """What it is counted in. The study's currency makes it money."""
    role: Literal["goal", "guardrail", "info"] = "info"
    """`goal`: a part of profit, with `weight`; `guardrail`: may not get worse than `worst`, or nothing moves;
    `info`: shown."""
    weight: float | None = None
    """Of a goal: currency units that one unit is worth, 1 where it is left out. Below 0 it is a loss."""
    worst: Annotated[float, AfterValidator(_share_of_today)] | None = None
    """Of a guardrail: the change that it may take, as a share of today's level: -0.01 lets it fall by 1 %,
    and 0.01 lets it rise by so much (complaints). The bound of the change has to keep to it."""


class StateSettings(Settings):
    """What is known of an entity at a decision, beside counts, stocks and recencies."""

    encoder: Literal["counts", "gru"] = "counts"
    """`gru` adds the order of an entity's events, as a recurrent network reads them: taught once, by entities
    that are set aside for it, and kept from night to night. Worth trying where what a treatment brings hangs
    on what came first. Where the network foretells nothing that counts do not, the state stays as it is and
    nobody is set aside. It needs entities with several decisions each."""
    units: int = Field(default=6, ge=1, le=32)
    """Numbers that each of its three parts makes of the events: three times so many features, and one more
    for the time since."""
    teachers: float = Field(default=0.15, gt=0, le=0.5)
    """Share of the entities, drawn by a hash of their key, who teach the network: they judge nothing and
    teach nothing else. Of a log too long for the memory they are among those who are not judged anyway."""
    within_days: int = Field(default=7, ge=1, le=90)
    """The network is taught to foretell what follows within an epoch and within so many days."""


class LearningSettings(Settings):
    """Offline reinforcement learning: what all algorithms share. Each has its own beside itself, in
    `models.agents.algorithms`."""

    algorithms: tuple[str, ...] = ()
    """Names of the registry, in the order of training. Left out of a study: dqn, cql, advantage."""
    seeds: tuple[int, ...] = (1, 2, 3)
    """One network per seed and fold of entities; the ensemble's mean decides."""
    steps: int = Field(default=600, ge=1)
    """Gradient steps per seed: its networks of all folds share them."""
    batch_size: int = Field(default=2048, ge=1)
    hidden_units: tuple[int, ...] = (64, 64)
    learning_rate: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=1e-4, ge=0)
    n_steps: int = Field(default=5, ge=1)
    """Epochs over which logged margins are summed before a value stands in for the rest."""
    max_price: float = Field(default=4.0, gt=0)
    """Prices of a unit of spend are drawn from [0, max_price] per batch."""
    prices: tuple[float, ...] = (1.0, 1.5, 2.0)
    """Prices of a unit of spend that are tried, besides the one at which an agent spends the budget. None
    below the lowest is: money that earns less stays unspent."""
    softness: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)
    """Temperatures, in currency units, of the policy pi ~ mu exp(Q / softness), that are tried: small is bold
    and has little overlap with the log, large is close to today's delivery."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    torch_threads: int = Field(default=1, ge=1, le=64)
    """A setting of the study, not of the machine: float sums depend on it. Small networks gain little
    from a second thread, and lose much where other work shares the cores."""


class EvaluationSettings(Settings):
    """Off-policy evaluation."""

    level: float = Field(default=0.95, gt=0.5, lt=1)
    folds: int = Field(default=2, ge=2, le=20)
    """Folds of entities for cross-fitted nuisances."""
    min_effective_sample_size: float = Field(default=50.0, ge=1)
    max_tail_shape: float = Field(default=0.7, gt=0, le=2)
    """Pareto shape of the weights above which an estimate is not credible, however many journeys."""
    max_weight_share: float = Field(default=0.10, gt=0, le=1)
    """One journey with a larger share of a step's total weight makes the estimate not credible."""
    min_behaviour_probability: float = Field(default=0.01, gt=0, lt=1)
    """Target probability on actions that delivery takes more rarely than this is unsupported."""
    max_unsupported_share: float = Field(default=0.05, ge=0, le=1)
    ridge: float = Field(default=1.0, gt=0)
    """Ridge penalty of LSTD-Q in units of rows."""
    per: Literal["period", "entity"] = "period"
    """Report totals per budget period, or averages per entity (tests with one decision each)."""
    difference_that_matters: float | None = Field(default=None, gt=0)
    """Of a test of arms: the difference per entity that would change what you do, in currency units; of
    counted successes in successes, 0.01 for one more in a hundred. The report then says how many more
    entities would tell it, and not only the one estimated."""
    purchase_worth: Literal["expected", "logged"] = "expected"
    """What a purchase counts for: the margin to be expected of it, as long as the log does not show that what
    is decided changes how much one is worth; or the margin that was logged. Decisions about prices, and those
    taken once, always count what was logged."""
    max_decisions: int | None = Field(default=None, ge=10_000)
    """About so many decisions are looked at; left out: as many as `logs.memory_limit_gb` has room for. Of a
    longer log a sample of entities, drawn by a hash of their key, teaches and judges; today's
    budgets and the next actions are of everybody."""
    math_threads: int = Field(default=2, ge=1, le=64)
    """BLAS threads: a setting of the study, not of the machine."""


class ChannelBounds(Settings):
    """Budget bounds of one channel, per budget period in currency units."""

    min: float | None = Field(default=None, ge=0)
    """A floor, say by contract."""
    max: float | None = Field(default=None, ge=0)
    rounding: float | None = Field(default=None, gt=0)
    """The platform's budget step in currency units. Left out: `split.rounding`."""


class SplitSettings(Settings):
    """The budget and how far it may move."""

    period_days: int = Field(default=7, ge=1)
    goal: Literal["profit", "marginal", "target_roas", "target_cpa"] = "profit"
    """What the budget is for. `profit`: the most margin minus spend. `marginal`: spend more for as long as
    the next unit of spend earns `target` units of margin (1 where it is left out). `target_roas`: the most
    margin, with at least `target` units of all margin per unit of all spend. `target_cpa`: the most
    purchases, at no more than `target` of spend per purchase. Targets are met beyond doubt, or today's split
    stays."""
    target: float | None = Field(default=None, gt=0)
    """Of the goal: a ratio, or for `target_cpa` currency units per purchase."""
    total: float | None = Field(default=None, gt=0)
    """Budget per period in currency units. Left out: today's budgets with `profit`; with the other goals,
    where it is but an upper limit, as much as the bounds of the channels allow."""
    channels: dict[str, ChannelBounds] = Field(default_factory=dict)
    max_multiplier: float = Field(default=2.0, gt=1)
    min_multiplier: float = Field(default=0.5, ge=0, lt=1)
    """Each channel's budget stays within these multiples of today's."""
    segments: bool = False
    """True where the platforms can be given a budget per segment of users: the split then has a row for each
    channel and segment, wherever segments differ and a split by segment promises more."""
    max_move_share: float = Field(default=0.4, gt=0, le=2)
    """Step cap: the sum of absolute budget changes, as a share of the budget; with a goal other than `profit`
    and no `total`, of today's budgets. What is cut and what is added both count: at 0.4 a fifth of the budget
    may go from some channels to others."""
    rounding: float = Field(default=10.0, gt=0)
    """The platform's budget step in currency units."""
    z: float = Field(default=1.64, ge=0)
    """Standard errors by which spend and targets are kept when choosing; the doubt of a plan's gain is the
    bound's (`models.evaluation.intervals.simultaneous`). 0: the estimates alone choose."""
    min_none_overlap: float = Field(default=0.05, ge=0, lt=1)
    """A channel of which nearly all eligible entities saw an ad (mean mu(none) below this) draws a warning:
    it may be raised, and is cut only as far as the log supports; below a hundredth it is not cut at all."""
    iroas_difference: float = Field(default=1.0, gt=0)
    """The difference that matters: how far from break-even a channel's iROAS has to be for the next
    experiment to tell, with a chance of 80 %. Smaller differences take longer experiments."""
    bootstrap: int = Field(default=200, ge=0)
    """Resamples for the interval of each row's budget."""
