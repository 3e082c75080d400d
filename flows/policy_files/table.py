"""A policy as a table of decisions, CSV or Parquet: whom to show what, and when.

    user_id,date,action              user_id,date,none,search,video       user_id,date,action,probability
    u17,2026-11-02,video             u17,2026-11-02,0.2,0.3,0.5           u17,2026-11-02,video,0.5

user_id is the log's own; it is replaced by its pseudonym at once. Without `date` a line speaks for every
decision of its user. A column `substep` (0, 1, ...) tells several decisions of one day apart; without it a
line speaks for all of them. Where `none` is not given it gets what is left of 1. Decisions that no line names
follow today's delivery, and so does probability on actions that were not possible.
"""

import hashlib
import hmac
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from flows.study_errors import show, suggest
from models.policies import DecisionTable
from sql.errors import StudyError

KEYS = ("user_id", "date", "substep")
ROUNDING = 1e-3
"""Sums of probabilities may be off by this much, as figures in a table are; they are divided by their sum."""
FIRST_DAY = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class Calendar:
    """The epochs that decisions lie on. first_day: of any epoch, days since 1970-01-01."""

    first_day: int
    epoch_days: int

    def epoch_of(self, day: NDArray[np.int32]) -> NDArray[np.int32]:
        """First day of the epoch that each day (m,) lies in."""
        epochs = (day.astype(np.int64) - self.first_day) // self.epoch_days
        return (self.first_day + epochs * self.epoch_days).astype(np.int32)


@dataclass(frozen=True)
class DecisionFile:
    """A table as it was read: line m stands at number m + 2 of the file. Texts trimmed, empty ones None."""

    name: str
    source: Path
    frame: pl.DataFrame = field(repr=False)

    def table(self, actions: tuple[str, ...], key: bytes, calendar: Calendar) -> DecisionTable:
        """The decisions under pseudonyms made with `key`. Raises StudyError with the line that is wrong."""
        frame = self.frame
        user = frame["user_id"].to_list()
        if None in user:
            raise self._wrong(user.index(None), "user_id is missing.")
        entity = np.array([pseudonym(text, key) for text in user], np.int64)
        day = calendar.epoch_of(self._days()) if "date" in frame.columns else None
        substep = self._whole("substep") if "substep" in frame.columns else None
        keys = {"entity": entity}
        keys |= {} if day is None else {"day": day.astype(np.int64)}
        keys |= {} if substep is None else {"substep": substep}
        number = np.unique(np.column_stack(list(keys.values())), axis=0, return_inverse=True)[1].ravel()
        first = np.unique(number, return_index=True)[1]  # the first line of each decision
        given, silent = self._probabilities(actions, number, len(first))
        sums = given.sum(axis=1)
        given[silent, 0] = np.maximum(1.0 - sums[silent], 0.0)
        sums = np.where(silent, np.maximum(sums, 1.0), sums)
        off = np.flatnonzero(np.abs(sums - 1.0) > ROUNDING)
        if len(off):
            line = int(first[off].min())
            raise self._wrong(
                line, f"the probabilities of its decision sum to {sums[number[line]]:.6g}, not 1."
            )
        return DecisionTable(
            name=self.name,
            entity=entity[first],
            day=None if day is None else day[first],
            substep=None if substep is None else substep[first].astype(np.int32),
            probabilities=given / given.sum(axis=1, keepdims=True),
        )

    def _probabilities(
        self, actions: tuple[str, ...], number: NDArray[np.int64], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """(count, A) probabilities as given, and whether `none` was left out (count,).

        number (m,): decision of each line.
        """
        given = np.zeros((count, len(actions)))
        columns = [name for name in self.frame.columns if name not in KEYS]
        if "action" in columns:
            for name in columns:
                if name not in ("action", "probability"):
                    raise StudyError(
                        f"{self.source}: the column {show(name)} is not known beside `action`; "
                        "the others are user_id, date, substep and probability."
                    )
            written = enumerate(self.frame["action"].to_list())
            taken = np.array([self._action(line, name, actions) for line, name in written], np.int64)
            share = self._shares("probability") if "probability" in columns else np.ones(len(taken))
            self._refuse_twins(number * len(actions) + taken)
            given[number, taken] = share
            silent = np.ones(count, bool)
            silent[number[taken == 0]] = False
        else:
            for name in columns:
                if name not in actions:
                    others = f"; the actions are {', '.join(map(show, actions))}"
                    raise StudyError(
                        f"{self.source}: the column {show(name)} is no action of these logs"
                        f"{suggest(name, actions, others)}"
                    )
            self._refuse_twins(number)
            for name in columns:
                given[number, actions.index(name)] = self._shares(name)
            silent = np.full(count, actions[0] not in columns)
        return given, silent

    def _action(self, line: int, name: str | None, actions: tuple[str, ...]) -> int:
        if name not in actions:
            others = f"; the actions are {', '.join(map(show, actions))}"
            raise self._wrong(
                line, f"the logs have no action {show(name)}{suggest(name or '', actions, others)}"
            )
        return actions.index(name)

    def _refuse_twins(self, key: NDArray[np.int64]) -> None:
        distinct, first, counts = np.unique(key, return_index=True, return_counts=True)
        if len(distinct) < len(key):
            twin = int(first[counts > 1].min())
            again = int(np.flatnonzero(key == key[twin])[1])
            raise self._wrong(again, f"it names the same decision as line {twin + 2}; keep one.")

    def _days(self) -> NDArray[np.int32]:
        written = self.frame["date"]
        days = written.str.to_date("%Y-%m-%d", strict=False)
        if days.null_count():
            line = int(days.is_null().arg_max() or 0)
            raise self._wrong(line, f"date is {show(written[line])}; write it as 2026-11-20.")
        return (days.to_numpy().astype("datetime64[D]") - FIRST_DAY).astype(np.int32)

    def _whole(self, name: str) -> NDArray[np.int64]:
        written = self.frame[name]
        found = written.cast(pl.Int64, strict=False)
        wrong = (found.is_null() | (found < 0)).fill_null(True)
        if wrong.any():
            line = int(wrong.arg_max() or 0)
            raise self._wrong(line, f"{name} is {show(written[line])}; count 0, 1, 2, ... within the day.")
        return found.to_numpy()

    def _shares(self, name: str) -> NDArray[np.float64]:
        written = self.frame[name]
        found = written.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        wrong = np.flatnonzero(~((found >= 0) & (found <= 1)))
        if len(wrong):
            line = int(wrong[0])
            raise self._wrong(
                line, f"{show(name)} is {show(written[line])}; write a probability from 0 to 1."
            )
        return found

    def _wrong(self, line: int, sentence: str) -> StudyError:
        place = "row" if self.source.suffix == ".parquet" else "line"
        return StudyError(f"{self.source}, {place} {line + (1 if place == 'row' else 2)}: {sentence}")


def pseudonym(user_id: str, key: bytes) -> int:
    """The entity key that staging gives to a user (sql/staging/pseudonyms.sql): the first 8 bytes of
    HMAC-SHA256(key, user_id) as a signed integer."""
    return int.from_bytes(hmac.new(key, user_id.encode(), hashlib.sha256).digest()[:8], "big", signed=True)


def decisions_of_csv(path: Path, text: str) -> DecisionFile:
    """A CSV file with a column user_id; every value is read as text."""
    try:
        frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    except (pl.exceptions.PolarsError, OSError):  # its message may hold a user id
        raise StudyError(
            f"{path} is not a CSV file: lines differ in their number of fields, or a quote stays open."
        ) from None
    return _checked(path, frame)


def decisions_of_parquet(path: Path, content: bytes) -> DecisionFile:
    """A Parquet file with a column user_id."""
    try:
        frame = pl.read_parquet(io.BytesIO(content))
        for name in frame.columns:
            if frame.schema[name].is_temporal():
                frame = frame.with_columns(pl.col(name).cast(pl.Date))
        frame = frame.cast(pl.String)
    except (pl.exceptions.PolarsError, OSError):
        raise StudyError(f"{path} is no Parquet table with columns of texts, dates and numbers.") from None
    return _checked(path, frame)


def _checked(path: Path, frame: pl.DataFrame) -> DecisionFile:
    """Trimmed texts, columns that make a table of decisions, and at least one line."""
    frame = frame.rename({name: name.strip() for name in frame.columns})
    columns = [name for name in frame.columns if name not in KEYS]
    if "user_id" not in frame.columns or not columns:
        found = ", ".join(map(show, frame.columns)) or "nothing"
        raise StudyError(
            f"{path}: a table of decisions has the columns user_id, date and action, or user_id, date and "
            f"one column per action; it has {found}."
        )
    if not len(frame):
        raise StudyError(f"{path} names no decision; write one line per decision.")
    text = pl.all().str.strip_chars(" \t\r\n")
    frame = frame.with_columns(text).with_columns(
        pl.when(pl.all() == "").then(None).otherwise(pl.all()).name.keep()
    )
    return DecisionFile(path.stem, path, frame)
