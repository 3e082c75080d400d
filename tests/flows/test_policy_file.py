"""A policy file is read exactly, or refused in one sentence."""
# ruff: noqa: E501 (one case per line)

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.policy_files.file import read_policy_file
from sql.errors import StudyError

ACTIONS = ("none", "search", "social", "video")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.csv", "channel,multiplier\nsearch,0.7\nvideo,1.5\n"),
        ("p.csv", "\ufeffreason,multiplier,channel,segment\n,0.7,search,\n,1.5,video,\n"),
        ("p.toml", 'name = "p"\n[multiplier]\nsearch = 0.7\nvideo = 1.5\n'),
    ],
)
def test_csv_and_toml_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    policy = read_policy_file(tmp_path / name)
    assert policy.name == "p"
    assert policy.vector(ACTIONS) == (1.0, 0.7, 1.0, 1.5)


def test_a_channel_the_logs_do_not_know_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("channel,multiplier\nsaerch,0.7\n")
    with pytest.raises(StudyError, match=r"the logs have no channel \"saerch\"; did you mean 'search'\?"):
        read_policy_file(path).vector(ACTIONS)


WRONG = {
    "empty.csv": ("", "it has nothing"),
    "columns.csv": ("chanel,multiplier\n", 'it has "chanel", "multiplier"'),
    "nobody.csv": ("channel,multiplier\n", "names no channel"),
    "word.csv": ("channel,multiplier\nsearch,half\n", 'line 2: the multiplier of "search" is "half"'),
    "short.csv": ("channel,multiplier\nsearch\n", "line 2"),
    "nan.csv": ("channel,multiplier\nsearch,nan\n", "write a number from 0 to 100"),
    "negative.csv": ("channel,multiplier\nsearch,-1\n", "write a number from 0 to 100"),
    "twice.csv": ("channel,multiplier\nsearch,1\nsearch,2\n", "line 3: channel \"search\" stands there twice"),
    "none.csv": ("channel,multiplier\nnone,1\n", "`none` gets what is left"),
    "segment.csv": ("channel,segment,multiplier\nsearch,new,1\n", "leave segment empty"),
    "syntax.toml": ("[multiplier", "line 1"),
    "key.toml": ("[multipliers]\nsearch = 1", 'unknown key "multipliers"'),
    "table.toml": ("multiplier = 3", "must be a table"),
    "truth.toml": ("[multiplier]\nsearch = true", "`multiplier.search`"),
    "deep.toml": ("multiplier.search" + ".a" * 3000 + " = 1", "a value that nests too deeply"),
    "huge.toml": ("[multiplier]\nsearch = 1" + "0" * 400, "write a number from 0 to 100"),
    "sheet.xlsx": ("", "neither .csv nor .toml"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_told_in_one_sentence(tmp_path: Path, name: str) -> None:
    text, expected = WRONG[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(StudyError) as caught:
        read_policy_file(tmp_path / name)
    assert expected in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="There is no policy file"):
        read_policy_file(tmp_path / "p.csv")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    name=st.sampled_from(["any.csv", "any.toml"]),
    head=st.sampled_from(["", "channel,multiplier\n"]),
    text=st.text(),
)
def test_no_file_leads_to_a_traceback(tmp_path: Path, name: str, head: str, text: str) -> None:
    (tmp_path / name).write_bytes((head + text).encode("utf-8", "surrogatepass"))
    try:
        policy = read_policy_file(tmp_path / name)
    except StudyError:
        return
    assert all(0 <= value <= 100 for value in policy.multipliers.values())
