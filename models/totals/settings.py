"""Settings of wide evidence: what the study says about its daily totals and lift tests, and how little is
assumed."""

from datetime import date

from pydantic import Field, field_validator

from sql.settings import Settings


class LiftTest(Settings):
    """One finished experiment on a channel's budget (a holdout, a geo test), as its analyst reports it."""

    channel: str
    first: date
    last: date
    """Days it ran, both included."""
    iroas: float
    """Margin that a unit of the spend it changed caused."""
    standard_error: float = Field(gt=0)
    multiplier: float = Field(default=0.0, ge=0)
    """Budget in the test as a multiple of today's: 0 for a holdout, 1.5 for half as much again."""
    unit: str = ""
    """What was treated or held out, to be told beside its figure: `postcode`, `user`."""

    @field_validator("multiplier")
    @classmethod
    def _changes_something(cls, value: float) -> float:
        if value == 1.0:
            raise ValueError("a test changes the budget; write 0 for a holdout, 1.5 for half as much again")
        return value


class TotalsSettings(Settings):
    """Daily totals: the model of `models.totals`."""

    randomised: tuple[str, ...] = ()
    """Channels whose budgets were changed by lot: their returns can be believed as they stand. A split on
    daily totals alone is computed for none."""
    lift_test: tuple[LiftTest, ...] = ()
    """Lift tests, `[[totals.lift_test]]`: the newest of a channel, of these and of the table `experiments`,
    must not contradict what the logs say."""
    prior_sd: float = Field(default=10.0, gt=0)
    """Standard deviation of a marginal iROAS before any data, around 0: margin per unit of spend."""
    slowest_days: int = Field(default=90, ge=28)
    """Sales swings slower than this many days are season or trend, and never credited to advertising."""
    sweeps: int = Field(default=240, ge=20)
    """Sweeps of the sampler over the channels' carry-over and saturation, after 60 more to settle."""
    min_spend_variation: float = Field(default=0.05, gt=0)
    """Standard deviation of a channel's spend beside trend, season and weekday, as a share of its mean."""
    min_independent_share: float = Field(default=0.1, gt=0, lt=1)
    """Least share of that variation which other channels do not share (1 / variance inflation factor)."""
    min_moves: float = Field(default=4.0, ge=1)
    """Least effective number of independent moves of a channel's spend. A step has 2, a month's pulse 3, a
    year of monthly budgets 7."""
    max_prior_share: float = Field(default=0.5, gt=0, lt=1)
    """Where the posterior is wider than this share of the prior, the data said next to nothing."""
