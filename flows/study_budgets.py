"""Bounds of budgets that are wrong together: (key, what is wrong and what would be right)."""

from models.settings import SplitSettings

EXAMPLES = {"target_cpa": "25, the spend per purchase", "target_roas": "3, the margin per spend"}
"""Goals that need a target."""


def budget_contradictions(split: SplitSettings) -> list[tuple[str, str]]:
    """Of the budgets in `[split]`."""
    found = []
    if split.target is None and split.goal in EXAMPLES:
        example = f"is missing: goal is {split.goal}; write the target, for example {EXAMPLES[split.goal]}."
        found.append(("split.target", example))
    if split.target is not None and split.goal == "profit":
        goals = "leave it out, or set goal to marginal, target_roas or target_cpa."
        found.append(("split.target", f"{split.target:g}: goal is profit, which has no target; {goals}"))
    for channel, bounds in split.channels.items():
        if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
            found.append(
                (
                    f"split.channels.{channel}.min",
                    f"{bounds.min:g} is above max = {bounds.max:g}; swap them or widen the bounds.",
                )
            )
    least = sum(bounds.min or 0.0 for bounds in split.channels.values())
    if split.total is not None and least > split.total:
        found.append(
            (
                "split.total",
                f"{split.total:g} is less than the channels' minima together ({least:g}); "
                "raise it or lower them.",
            )
        )
    return found
