"""Why the verdict is what it is, of reasons that hold no money: what the log is like, or cannot say."""

from models.results import (
    EstimatesDiffer,
    LossPossible,
    NotDrawn,
    NothingBetter,
    NothingSold,
    NothingSpent,
    OneArm,
    OneChannel,
    ReactsToHidden,
    ShownAlone,
    TooFewEntities,
    TooShort,
    TotalsAlone,
    TotalsTell,
    Vocabulary,
    Why,
)
from reports.sentences import levels
from reports.sentences.totals import totals_text
from reports.words import capital


def said_of_the_log(why: Why, word: Vocabulary) -> str:
    """A full sentence. Raises ValueError for a reason that `split_verdict` tells itself."""
    match why:
        case NothingSpent():
            return (
                f"Nothing was spent on any {word.action} in the newest budget period, so there is no budget "
                "to split."
            )
        case ShownAlone():
            return (
                f"These logs show only {word.which_ones} {word.saw} {word.a_treatment}, not which "
                f"{word.entities} could have {word.seen} one and did not, so they cannot tell what any "
                f"{word.action} earns."
            )
        case TotalsAlone():
            return "Daily totals alone move no money unless budgets were changed by lot."
        case OneChannel():
            return f"All spend goes to one {word.action} ({why.channel}), so there is nothing to split."
        case OneArm():
            return f"Every decision is the same ({why.arm}), so there is nothing to compare it with."
        case NotDrawn():
            return capital(levels.not_drawn(word, for_everybody=why.for_everybody))
        case NothingSold():
            return (
                f"The logs hold no {word.successes} of the {word.entities} that can be judged, so nothing "
                f"is known about what any {word.action} earns."
            )
        case TooFewEntities():
            noun = word.entity if why.entities == 1 else word.entities
            return (
                f"The logs hold {why.entities:,} {noun}. Each half of them judges what the other one taught, "
                f"and the smaller one has {why.fewest} who can be judged, of at least {why.needed} that it "
                f"needs. Log more {word.entities}, or wait for more to come."
            )
        case TooShort():
            return why.said
        case TotalsTell():
            return totals_text(why, word)
        case NothingBetter():
            return "No change we tried is better beyond doubt."
        case LossPossible():
            return "a loss cannot be ruled out."
        case EstimatesDiffer():
            return (
                "Two ways of working it out differ by more than chance explains, so at least one is wrong; "
                "most often the logs lack something that delivery decides on."
            )
        case ReactsToHidden():
            ads = word.treatments
            return (
                f"{ads[:1].upper()}{ads[1:]} seem to change what {word.people} did before they {word.saw} "
                "them, so delivery reacts to something that these logs do not hold, and what it reacts to "
                f"would pass for the {ads}' effect."
            )
    raise ValueError(f"no sentence for {why}")
