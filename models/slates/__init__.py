"""Slates: several items shown at once, in positions. What would another way to fill them have earned?

`slate_log` is what was logged, `click_models` the four estimators by what each assumes of readers,
`choose` which of them the log contradicts.
"""

from models.slates.choose import SlateAnswer, evaluate_slates
from models.slates.click_models import CLICK_MODELS, contributions, examination
from models.slates.slate_log import SlateLog

__all__ = ["CLICK_MODELS", "SlateAnswer", "SlateLog", "contributions", "evaluate_slates", "examination"]
