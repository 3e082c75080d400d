"""A policy from a file, to be scored by `allot evaluate`: scaled delivery, rules, or a table of decisions.

Scaled delivery, CSV, one row per channel (a published split.csv will do; other columns are ignored):

    channel,multiplier
    search,0.7
    social,1.3

TOML, the same:

    name = "less search"
    [multiplier]
    search = 0.7
    social = 1.3

A channel that is not named keeps today's delivery (multiplier 1). TOML with `[[rule]]`: see `policy_rules`.
CSV or Parquet with a column user_id: see `policy_table`.
"""

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.policy_files.rules import RuleFile, rules_of
from flows.policy_files.table import DecisionFile, decisions_of_csv, decisions_of_parquet
from flows.study_errors import show, suggest, toml_sentence
from sql.errors import StudyError

MAX_MULTIPLIER = 100.0


@dataclass(frozen=True)
class ScaledChannels:
    """What a policy file says: deliver each channel `multiplier` times as often as today."""

    name: str
    source: Path
    multipliers: dict[str, float]

    def vector(self, actions: tuple[str, ...]) -> tuple[float, ...]:
        """Multipliers in the order of `actions` (A,); 1 where the file is silent and for `none`.

        Raises StudyError for a channel that the logs do not know.
        """
        channels = actions[1:]
        for channel in self.multipliers:
            if channel not in channels:
                others = f"; the channels are {', '.join(map(show, channels))}"
                end = suggest(channel, channels, others)
                raise StudyError(f"{self.source}: the logs have no channel {show(channel)}{end}")
        return tuple(self.multipliers.get(action, 1.0) for action in actions)


def read_policy_file(path: Path) -> ScaledChannels | RuleFile | DecisionFile:
    """Read a CSV, Parquet or TOML policy file. Raises StudyError with one sentence for what is wrong."""
    try:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            return decisions_of_parquet(path, content)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise StudyError(f"There is no policy file {path}.") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"{path} is not UTF-8 at byte {error.start}; save it as UTF-8 text.") from None
    except OSError as error:
        raise StudyError(f"{path} cannot be read: {error.strerror}.") from None
    if path.suffix == ".toml":
        return _from_toml(path, text)
    if path.suffix == ".csv":
        header = next(csv.reader(text.splitlines()[:1]), [])
        return decisions_of_csv(path, text) if "user_id" in header else _from_csv(path, text)
    raise StudyError(
        f"{path} is neither .csv nor .toml with channel and multiplier, nor .toml with rules, nor .csv or "
        ".parquet with user_id and action, nor the .json of a run's policies/ folder."
    )


def _from_toml(path: Path, text: str) -> ScaledChannels | RuleFile:
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise StudyError(toml_sentence(path, text, error)) from None
    for key in raw:
        if key not in ("name", "multiplier", "rule"):
            raise StudyError(
                f"{path}: unknown key {show(key)}; a policy has `name` and `[multiplier]` or `[[rule]]`."
            )
    name = raw.get("name", path.stem)
    if not isinstance(name, str):
        raise StudyError(f"{path}: `name` is {show(name)}; write text in quotes.")
    if "rule" in raw:
        if "multiplier" in raw:
            raise StudyError(f"{path} has `[multiplier]` and `[[rule]]`; keep one, a policy is either.")
        return rules_of(raw["rule"], name, str(path))
    table = raw.get("multiplier")
    if not isinstance(table, dict):
        raise StudyError(f"{path}: `multiplier` must be a table, [multiplier], with one line per channel.")
    return _checked(
        path, name, [(f"`multiplier.{channel}`", channel, value) for channel, value in table.items()]
    )


def _from_csv(path: Path, text: str) -> ScaledChannels:
    try:
        reader = csv.DictReader(text.splitlines(), strict=True)
        rows = list(reader)
    except csv.Error as error:
        raise StudyError(f"{path} is not a CSV file: {error}.") from None
    header = reader.fieldnames or []
    for column in ("channel", "multiplier"):
        if column not in header:
            found = ", ".join(map(show, header)) or "nothing"
            raise StudyError(
                f"{path}: the first line must name the columns channel and multiplier; it has {found}."
            )
    entries: list[tuple[str, str, Any]] = []
    for line, row in enumerate(rows, start=2):
        if row.get("segment"):
            raise StudyError(
                f"{path}, line {line}: a row per segment cannot be scored as one policy; leave segment empty."
            )
        try:
            value: Any = float(row["multiplier"])
        except (TypeError, ValueError):
            value = row["multiplier"]
        entries.append((f"line {line}", row["channel"] or "", value))
    return _checked(path, path.stem, entries)


def _checked(path: Path, name: str, entries: list[tuple[str, str, Any]]) -> ScaledChannels:
    multipliers: dict[str, float] = {}
    for where, channel, value in entries:
        if channel in ("", "none"):
            raise StudyError(f"{path}, {where}: {show(channel)} is no channel; `none` gets what is left.")
        if channel in multipliers:
            raise StudyError(f"{path}, {where}: channel {show(channel)} stands there twice; keep one.")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value <= MAX_MULTIPLIER:
            raise StudyError(
                f"{path}, {where}: the multiplier of {show(channel)} is {show(value)}; "
                f"write a number from 0 to {MAX_MULTIPLIER:g}, where 1 is today's delivery."
            )
        multipliers[channel] = float(value)
    if not multipliers:
        raise StudyError(f"{path} names no channel; write one line per channel.")
    return ScaledChannels(name, path, multipliers)
