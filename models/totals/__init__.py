"""Daily totals (evidence tier C): what budget changes over time say, and what they cannot say."""

from models.totals.combine import combine
from models.totals.daily import DailyTotals, read_totals
from models.totals.decision import decide_on_totals
from models.totals.lift_tests import iroas_between, iroas_found, logged_tests, newest_tests, source_of
from models.totals.model import days_learnt_from, fit_totals
from models.totals.results import ChannelTotals, Combined, Diagnosis, TotalsEvidence
from models.totals.settings import LiftTest, TotalsSettings
from models.totals.wide import WideEvidence, usable

__all__ = [
    "ChannelTotals",
    "Combined",
    "DailyTotals",
    "Diagnosis",
    "LiftTest",
    "TotalsEvidence",
    "TotalsSettings",
    "WideEvidence",
    "combine",
    "days_learnt_from",
    "decide_on_totals",
    "fit_totals",
    "iroas_between",
    "iroas_found",
    "logged_tests",
    "newest_tests",
    "read_totals",
    "source_of",
    "usable",
]
