"""What a night does not judge: decisions too young to be known, and days that are taken out."""

from models.results import NightResult
from reports import numbers, words


def days_out(result: NightResult) -> str:
    """The days that are taken out, each span with its reason."""
    spans = [
        (d.first if d.first == d.last else f"{d.first} to {d.last}")
        + (f" (your [[exclude]]: {d.why})" if d.why else " (in doubt)")
        for d in result.excluded
    ]
    return words.listed(spans)


def left_out(result: NightResult) -> str:
    """Which decisions are not judged, and why."""
    word = result.vocabulary.successes
    if result.immature_share == 0:
        young = f"No decision had to be left out because its {word} may not have been reported yet."
    else:
        young = (
            f"{numbers.percent(result.immature_share)} of the decisions were left out because {word} that "
            "follow them may not have been reported yet."
        )
    if not result.excluded_share:
        return young
    return (
        f"{numbers.percent(result.excluded_share)} of the decisions were left out because they touch days "
        f"that are taken out: {days_out(result)}. {young}"
    )
