"""Why the row of a split that was picked is no row like those of the plans beside it."""

from models.agent_settings import ALGORITHM_NAMES
from models.results import Interval, NightResult, PolicyEvidence
from reports import estimates, evidence, numbers, words


def picked_text(result: NightResult) -> str:
    """What picking took off its figure, and why a plan with a larger one is not advised in its place.

    Empty where there is no such plan, and where nothing was taken off and none has a larger figure.
    """
    rows = evidence.standing(result)
    picked = next((e for e in rows if estimates.is_recommended(e.policy)), None)
    if picked is None or picked.uplift is None or result.tier == "B":
        return ""
    said, paid = [], _paid(result, picked, picked.uplift)
    if paid is not None:
        said.append(
            f"“{estimates.label(result, picked.policy)}” was picked on these very logs as the best of many "
            f"splits: {paid[0]} is what is left of {paid[1]} once that is paid for. {_others(rows)}"
        )
    if any(e.uplift is not None and e.uplift.estimate > picked.uplift.estimate for e in rows):
        said.append(
            "A larger figure does not make another plan the one to follow: a rule or an agent need not keep "
            f"to how much may move in one night, as that split does, and the largest of {len(rows)} figures "
            "is large by luck as well, which “At least, counting all plans” takes off."
        )
    return " ".join(said)


def _others(rows: list[PolicyEvidence]) -> str:
    """Whether the other plans were picked as well."""
    if not any(e.policy in ALGORITHM_NAMES for e in rows):
        return "No other plan here was picked by its figure, so theirs stand as they are."
    return (
        "Rules were not picked by their figures, which stand as they are. An agent acts as it did at the "
        "largest lower bound of all that was tried of it: its figure is larger by some luck, which nothing "
        "was taken off for."
    )


def _paid(result: NightResult, picked: PolicyEvidence, u: Interval) -> tuple[str, str] | None:
    """Its extra as the table shows it, and the larger one as any other plan's is worked out; None where the
    estimates do not tell that, or nothing was taken off that can be seen."""
    rows = estimates.of_outcome(result, picked.outcome)
    own, today = (estimates.headline(rows, policy) for policy in (picked.policy, words.TODAY))
    if own is None or today is None or own.estimate is None or today.estimate is None:
        return None
    step = numbers.decimals_that_matter((u.estimate, u.low, u.high), most=words.most_decimals(result))
    alone = own.estimate - today.estimate
    shown, whole = (numbers.grouped(v, step, signed=True) for v in (u.estimate, alone))
    return (shown, whole) if alone > u.estimate and shown != whole else None
