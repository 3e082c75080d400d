"""What a file's columns hold, column by column: what every guess starts from."""

import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from sql.inputs import log_files
from sql.settings import LogSettings
from sql.text_rows import read_text_rows

DAY = r"^\d{4}-\d{2}-\d{2}( 00:00:00(\.0+)?)?$"
TIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( *Z| ?UTC|[+-]\d{2}| *[+-]\d{2}:?\d{2})?$"
ZONE = r":\d{2}(\.\d+)?( *Z| ?UTC|[+-]\d{2}| *[+-]\d{2}:?\d{2})$"
"""After a clock time: what ends a day alone, 2026-01-01, is no zone."""
THOUSANDS = r"^[+-]?\d{1,3}((,\d{3})+\.\d*|(,\d{3}){2,})$"
"""Numbers with commas between their thousands, as the log's reader takes them: 4,012.80."""
EPOCH = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}
"""Digits of a time since 1970, and its unit."""


MOST_BAD: float = LogSettings.model_fields["max_quarantined_share"].default
"""Share of bad values that a night forgives a study that says nothing of it."""
CURRENCY = r" ?\(([A-Z]{3})\)$|[ _]((?i:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|JPY|CAD|AUD))$"
"""How names of columns say their currency: `Cost (EUR)`, `Cost EUR`, `cost_eur`."""
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass(frozen=True)
class Column:
    """One column, as its text tells."""

    name: str
    given: int
    """Rows with a value, of those looked at."""
    distinct: int
    is_number: bool
    is_whole: bool
    low: float
    high: float
    """Of its numbers; 0 where it has none."""
    time: str
    """`day`, `time`, `seconds` to `nanoseconds` since 1970, or empty where it holds no times."""
    has_zone: bool
    top: tuple[str, ...]
    """Its most frequent values, at most 12, in byte order."""
    bad: int = 0
    """Values that are no numbers, or no times, in a column of them: so few that rows with one are set aside
    and the others read."""
    shared_by: int = 0
    """Files that this id joins and whose users it is for that alone: its name does not say so."""

    @property
    def is_flag(self) -> bool:
        """0 and 1, both there."""
        return self.is_whole and (self.low, self.high) == (0.0, 1.0)

    @property
    def word(self) -> str:
        """The name in small letters, words apart by `_`: `dateStart` and `Date Start` are `date_start`,
        `Amount spent (EUR)` and `amount_spent_eur` are `amount_spent`, and `Geöffnet` is `geoeffnet`. Of an
        id that is the user's because files share it, `user_id`."""
        if self.shared_by:
            return "user_id"
        plain = self.name.translate(UMLAUTS)
        return re.sub(r"[^a-z0-9]+", "_", re.sub(CURRENCY, "", _apart(plain)).lower()).strip("_")

    @property
    def currency(self) -> str:
        """The ISO code that its name ends in, or empty."""
        match = re.search(CURRENCY, _apart(self.name))
        return (match[1] or match[2]).upper() if match else ""


@dataclass(frozen=True)
class Seen:
    """One file, or a folder of files with the same columns."""

    path: str
    """Relative to the log folder."""
    rows: pl.DataFrame
    """Text, of the first rows."""
    n_rows: int
    has_header: bool
    columns: dict[str, Column]
    is_mixed: bool = False
    """A folder whose files are several tables."""

    @property
    def stem(self) -> str:
        """Its name without endings."""
        return Path(self.path).name.split(".")[0]


def _apart(name: str) -> str:
    """`dateStart` as `date_Start`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def files_of(path: Path) -> list[Path]:
    """A file, or the log files in a folder."""
    return [path] if path.is_file() else log_files(path)


def look_at(path: Path, folder: Path) -> Seen:
    """Read the first rows of a file, or of all files in a folder. LogError where they cannot be read."""
    found = read_text_rows(tuple(files_of(path)), folder)
    rows = pl.DataFrame(pl.from_arrow(found.rows))
    columns = {name: _column(rows[name]) for name in rows.columns}
    name = path.relative_to(folder).as_posix()
    return Seen(name, rows, found.n_rows, found.has_header, columns, found.is_mixed)


def sizes(values: pl.Series) -> pl.DataFrame:
    """Each `value` and its `rows`, the most frequent first, ties in byte order."""
    counted = values.alias("value").value_counts(name="rows")
    return counted.sort("rows", "value", descending=[True, False])


def _column(values: pl.Series) -> Column:
    text = values.drop_nulls()
    commas = text.str.contains(THOUSANDS)
    plain = text.str.replace_all(",", "", literal=True) if len(text) and commas.any() else text
    number = pl.select(pl.when(commas).then(plain).otherwise(text)).to_series().cast(pl.Float64, strict=False)
    number = number.filter(number.is_finite().fill_null(False))
    time, is_time = _time(text)
    is_number = is_nearly_all(len(number), len(text))
    bad = len(text) - (int(is_time.sum()) if time else len(number) if is_number else len(text))
    frequent = sizes(text).head(12)["value"]
    return Column(
        name=values.name,
        given=len(text),
        distinct=text.n_unique(),
        is_number=is_number,
        is_whole=is_number and bool((number == number.floor()).all()),
        low=float(number.min() or 0.0) if is_number else 0.0,  # type: ignore[arg-type]
        high=float(number.max() or 0.0) if is_number else 0.0,  # type: ignore[arg-type]
        time=time,
        has_zone=bool(time) and bool(text.filter(is_time).str.contains(ZONE).all()),
        top=tuple(sorted(frequent.to_list())),
        bad=bad,
    )


def is_nearly_all(good: int, given: int) -> bool:
    """Whether so few of the values given are bad that a night would set their rows aside and go on."""
    return given > 0 and given - good <= MOST_BAD * given


def _time(text: pl.Series) -> tuple[str, pl.Series]:
    """What times they are, and which of them (n,) are such ones; empty where they are not."""
    for pattern, what in ((DAY, "day"), (TIME, "time")):
        fits = text.str.contains(pattern)
        if is_nearly_all(int(fits.sum()), len(text)):
            return what, fits
    numbers = text.str.contains(r"^\d+(\.\d+)?$")
    digits = text.str.split(".").list.first().str.len_chars()
    for length, what in EPOCH.items():
        fits = numbers & (digits == length)
        if is_nearly_all(int(fits.sum()), len(text)):
            return what, fits
    return "", text.is_null()
