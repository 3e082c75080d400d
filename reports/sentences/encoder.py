"""What a report says of the network that reads the order of events."""

from models.results import EncoderLesson, Vocabulary
from reports import numbers

TAUGHT_AFRESH = "The file of the night before that reads the order of events is damaged: it was taught anew."


def taught(lesson: EncoderLesson, word: Vocabulary, *, kept: bool) -> str:
    """Of an encoder that was taught tonight."""
    if lesson.gain is None:
        return (
            f"The order of events was left out of the state: {numbers.count(lesson.teachers)} "
            f"{word.entities} are too few to teach what it means."
        )
    told = f"{numbers.count(lesson.teachers)} {word.entities} set aside for it"
    if not kept:
        return (
            "The order of events was left out of the state: to "
            f"{told} it foretold nothing that counts do not, so all of them judge."
        )
    return (
        f"The state holds the order of the last events, as a network reads it that {told} taught tonight: of "
        f"what counts cannot tell it foretells {numbers.percent(lesson.gain)} to those who did not teach it. "
        f"They judge nothing, tonight or later, and the network stays as it is."
    )


def as_before(word: Vocabulary) -> str:
    """Of one that an earlier night taught."""
    return (
        "The state holds the order of the last events, as a network reads it that an earlier night taught; "
        f"the {word.entities} who taught it judge nothing."
    )
