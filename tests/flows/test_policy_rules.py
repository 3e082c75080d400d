"""Rules in TOML: what they say is what is done, and nothing outside their small language is."""
# ruff: noqa: E501 (one case per line)

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.policy_files.expression import compile_condition
from flows.policy_files.file import read_policy_file
from flows.policy_files.rules import RuleFile
from models.mdp.transition_table import Feature
from sql.errors import StudyError

ACTIONS = ("none", "search", "video")
FEATURES = tuple(
    Feature(name, unit, "")
    for name, unit in (
        ("recency_days", "days"),
        ("visits_7d", "count"),
        ("shown_paid social_7d", "count"),
        ("eligible_video", "yes/no"),
        ("segment=new", "yes/no"),
        ("segment=old", "yes/no"),
    )
)
X = np.array([[3, 0, 1, 1, 1, 0], [9, 2, 0, 0, 0, 1], [np.nan, 4, 5, 1, 0, 0]], np.float32)
ELIGIBLE = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 1]], bool)
MU = np.array([[0.5, 0.3, 0.2], [0.6, 0.4, 0.0], [0.8, 0.0, 0.2]])


def holds(text: str) -> list[bool]:
    """Whether a condition holds in each of the three decisions."""
    return compile_condition(text, "r.toml, rule 1", FEATURES, ACTIONS)(X, ELIGIBLE).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("recency_days > 7", [False, True, False]),
        ("not recency_days > 7", [True, False, True]),
        ("recency_days != 3", [False, True, False]),  # an unknown value is not unequal either
        ("recency_days > 7 and eligible('video')", [False, False, False]),
        ("recency_days > 7 or eligible('video')", [True, True, True]),
        ("1 < visits_7d <= 4", [False, True, True]),
        ("visits_7d * 2 - 1 >= 3 / 1", [False, True, True]),
        ("-visits_7d < -3", [False, False, True]),
        ('feature("shown_paid social_7d") > 0', [True, False, True]),
        ('segment == "new"', [True, False, False]),
        ('"new" != segment', [False, True, True]),
        ('segment in ("new", "old")', [True, True, False]),
        ('segment not in ["new"]', [False, True, True]),
        ("eligible_video", [True, False, True]),
        ("not eligible_video == 1", [False, True, False]),
        ("max(visits_7d, recency_days) == 9", [False, True, False]),
        ("exp(log(visits_7d)) > 3.9 and sqrt(abs(-4)) == 2", [False, False, True]),
        ("visits_7d / 0 > 1", [False, True, True]),  # infinite, and no warning
        ("recency_days / 10 <= 0.3", [True, False, False]),  # as exact as the features themselves
        ("1 < 2", [True, True, True]),
        ("True", [True, True, True]),
    ],
)
def test_a_condition_holds_where_it_says(text: str, expected: list[bool]) -> None:
    assert holds(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("recency_dais > 7", "there is no feature \"recency_dais\"; did you mean 'recency_days'?"),
        ("foo > 7", 'there is no feature "foo"; the features are eligible_video, '),
        ("segment > 7", '"segment" is a choice; compare it, like segment == "new".'),
        ('segment == "neu"', '"segment" has no value "neu"; did you mean \'new\'?'),
        ('visits_7d == "new"', '"visits_7d" holds numbers; compare it with one.'),
        ("eligible('vidio')", "the logs have no action \"vidio\"; did you mean 'video'?"),
        ("eligible(video)", 'eligible takes one name in quotes, like eligible("search").'),
        ("eligible('video') > 0", "eligible('video') is yes or no, not a number."),
        ("visits_7d", "visits_7d is a number; compare it, for example visits_7d > 0."),
        ("visits_7d > 1 and 3", "3 is a number; compare it"),
        ("min(visits_7d) > 1", "min takes 2 numbers, not min(visits_7d)."),
        ("maxx(visits_7d, 1) > 1", "there is no function \"maxx\"; did you mean 'max'?"),
        ("visits_7d ** 2 > 1", "visits_7d ** 2 is no number; use features"),
        ("visits_7d is 1", "compare with <, <=, ==, !=, >=, > or in."),
        ("visits_7d > True", "True stands where a number belongs."),
        ("visits_7d > 1e99", "a number is too large."),
        ("visits_7d >", '`when` is no expression: "visits_7d >" ends too early.'),
        ("", "`when` is no expression: it is empty."),
        ("visits_7d > > 0", '`when` is no expression at its character 13: "> 0" of "visits_7d > > 0".'),
        ("visits_7d = 1", "`when` is no expression"),
        ("(" * 300 + "1" + ")" * 300 + " > 1", "`when` is no expression"),
        ("-" * 60 + "1 > 0", "it nests deeper than 50 levels"),
        ("visits_7d in " + "-" * 1900 + "1", "it nests deeper than 50 levels"),
        ("-" * 1000 + "visits_7d == 'a'", "it nests deeper than 50 levels"),
        ("visits_7d" + ".a" * 900 + " > 0", "it nests deeper than 50 levels"),
        ("1" * 3000, "has 3000 characters; at most 2000"),
    ],
)
def test_a_wrong_condition_is_told_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(StudyError) as caught:
        holds(text)
    assert str(caught.value).startswith("r.toml, rule 1: `when`")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true') == 0",
        "().__class__.__bases__[0] == 1",
        "visits_7d.real > 0",
        "[x for x in (1, 2)] == 1",
        "(lambda: 1)() == 1",
        "f'{visits_7d}' == 'new'",
        "(y := visits_7d) > 0",
        "open('x') > 0",
        "exp(visits_7d, out=visits_7d) > 0",
        "visits_7d if 1 > 0 else 2 > 1",
        "feature(*'a') > 0",
    ],
)
def test_nothing_outside_the_language_runs(text: str) -> None:
    with pytest.raises(StudyError):
        holds(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="visits_7d recency_days segment()'\"<>=!+-*/.,01 andornotin[]{}:\\\n\0", max_size=60))
def test_no_text_leads_to_a_traceback(text: str) -> None:
    try:
        assert len(holds(text)) == 3
    except StudyError as error:
        assert str(error).isprintable()


RULES = """
name = "keen"
[[rule]]
when = "recency_days > 7"
show = "video"
[[rule]]
when = "visits_7d >= 0"
show = "search"
share = 0.5
"""


def read(tmp_path: Path, text: str) -> RuleFile:
    (tmp_path / "r.toml").write_text(text)
    found = read_policy_file(tmp_path / "r.toml")
    assert isinstance(found, RuleFile)
    return found


def test_the_first_rule_that_holds_decides_and_an_impossible_action_leaves_delivery_alone(
    tmp_path: Path,
) -> None:
    policy = read(tmp_path, RULES).policy(FEATURES, ACTIONS)
    assert policy.name == "keen"
    pi = policy.probabilities(X, ELIGIBLE, MU)
    np.testing.assert_allclose(pi[0], [0.25, 0.65, 0.1])  # half search, half as today
    np.testing.assert_array_equal(pi[1:], MU[1:])  # video, then search: not possible there
    fates = policy.fates(X, ELIGIBLE)
    assert [fate.decides for fate in fates] == pytest.approx([1 / 3, 2 / 3])
    assert [fate.impossible for fate in fates] == [1.0, 0.5]


def test_a_rule_without_a_condition_always_holds(tmp_path: Path) -> None:
    policy = read(tmp_path, '[[rule]]\nshow = "none"').policy(FEATURES, ACTIONS)
    np.testing.assert_array_equal(policy.probabilities(X, ELIGIBLE, MU), np.eye(3)[[0, 0, 0]])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rule = 3", "`rule` is no list of tables"),
        ("rule = []", "has no rule"),
        ('[rule]\nshow = "video"', "`rule` is no list of tables"),
        ('[[rule]]\nwhen = "True"', ", rule 1: `show` is missing"),
        ('[[rule]]\nshow = "none"\n[[rule]]\nwehn = "True"', ", rule 2: unknown key \"wehn\"; did you mean 'when'?"),
        ('[[rule]]\nshow = "none"\nwhen = 3', "`when` is 3; write text in quotes"),
        ('[[rule]]\nshow = "none"\nshare = 0', "`share` is 0; write a number above 0"),
        ('[[rule]]\nshow = "none"\nshare = true', "`share` is true"),
        ('[[rule]]\nshow = "none"\nshare = nan', "`share` is NaN"),
        ('[multiplier]\nsearch = 1\n[[rule]]\nshow = "none"', "keep one, a policy is either"),
        ('[[rule]]\nshow = "vidio"', "the logs have no action \"vidio\"; did you mean 'video'?"),
    ],
)  # fmt: skip
def test_wrong_rules_are_told_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, text).policy(FEATURES, ACTIONS)
    assert str(caught.value).startswith(str(tmp_path / "r.toml"))
    assert sentence in str(caught.value)
