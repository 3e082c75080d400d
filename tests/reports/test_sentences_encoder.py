"""What a report says of the network that reads the order of events, in the study's own words."""

import pytest

from models.results import EncoderLesson, Vocabulary, vocabulary_of
from reports.sentences import encoder

USERS = vocabulary_of("user", "users", "channel", {}, idle="none")
SKUS = vocabulary_of("SKU", "SKUs", "reorder_level", {}, idle="none")


@pytest.mark.parametrize(
    ("lesson", "word", "kept", "said"),
    [
        (EncoderLesson(12, None, None), USERS, False, "left out of the state: 12 users are too few"),
        (
            EncoderLesson(3_004, -0.01, 0.002),
            SKUS,
            False,
            "to 3,004 SKUs set aside for it it foretold nothing",
        ),
        (
            EncoderLesson(3_004, 0.042, 0.002),
            USERS,
            True,
            "it foretells 4.2 % to those who did not teach it.",
        ),
    ],
)
def test_what_was_taught_tonight(lesson: EncoderLesson, word: Vocabulary, kept: bool, said: str) -> None:
    assert said in encoder.taught(lesson, word, kept=kept).replace("\u00a0", " ")


def test_what_an_earlier_night_taught() -> None:
    assert encoder.as_before(SKUS).endswith("the SKUs who taught it judge nothing.")
