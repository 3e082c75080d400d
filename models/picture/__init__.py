"""What the report's pages draw beside the verdict: from estimates that are there, nothing decided here."""

from models.picture.channel_uplifts import channel_uplifts
from models.picture.next_experiment import next_experiments, spread_in
from models.picture.pacing import daily_money, logged_range, pacing, weeks_of
from models.picture.plans import followed, with_plans
from models.picture.response_curves import response_curves

__all__ = [
    "channel_uplifts",
    "daily_money",
    "followed",
    "logged_range",
    "next_experiments",
    "pacing",
    "response_curves",
    "spread_in",
    "weeks_of",
    "with_plans",
]
