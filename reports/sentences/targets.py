"""The target that a study sets for the split, and why it is not met."""

from models.results import Target, TargetUnmet, Vocabulary


def target_text(target: Target, word: Vocabulary, currency: str) -> str:
    """`2.5 of margin per EUR of spend`, `25 EUR of spend per purchase`."""
    if target.of == "margin":
        return f"{target.value:g} of margin per {currency} of spend"
    return f"{target.value:g} {currency} of spend per {word.success}"


def target_unmet_text(why: TargetUnmet, word: Vocabulary, currency: str) -> str:
    """That no split meets it, and what would: full sentences."""
    target = target_text(why.target, word, currency)
    if why.met is None:
        return f"The target of {target} cannot be judged: the logs say too little about today's."
    unit = target.split(" ", 1)[1]
    verb = "lower" if why.target.of == "margin" else "raise"
    return (
        f"No split within the bounds meets the target of {target} beyond doubt; today's comes to "
        f"{why.today:.2f} {unit}. Allow larger moves (split.max_move_share, split.min_multiplier), or {verb} "
        f"split.target to {why.met:g}, which today's split meets beyond doubt."
    )
