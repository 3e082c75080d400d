"""What every world of this folder is: tables of the log's contract, from a truth that its file knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Tables = dict[str, pl.DataFrame]
"""Table of the contract -> its rows."""
SALT = 0x0DEC1DED
"""Apart from the streams of other worlds with the same seed."""


@dataclass(frozen=True)
class Size:
    """How much is drawn."""

    entities: int
    days: int
    seed: int
    last_day: date
    """Of the log."""

    def __post_init__(self) -> None:
        if self.entities < 1 or self.days < 1:
            raise ValueError(f"a world takes an entity and a day at least, not {self.entities}, {self.days}")

    @property
    def first_day(self) -> date:
        return self.last_day - timedelta(days=self.days - 1)

    def random(self, stream: int = 0) -> np.random.Generator:
        """The same draws for the same seed, another stream for another purpose."""
        return np.random.Generator(np.random.PCG64([SALT, self.seed, stream]))

    def clock(self, day: NDArray[np.integer], hour: float | NDArray[np.floating] = 10.0) -> pl.Series:
        """(n,) naive times of the study's time zone. day (n,) counts from the first one; hours of its day."""
        since = (self.first_day - date(1970, 1, 1)).days
        seconds = (since + np.asarray(day, np.int64)) * 86_400 + np.rint(np.asarray(hour) * 3600)
        return pl.Series("ts", (seconds * 1_000_000).astype(np.int64)).cast(pl.Datetime("us"))


@dataclass(frozen=True)
class DecisionWorld:
    """A world of one decision: `allot simulate NAME` writes what `flows/studies/NAME.toml` reads."""

    name: str
    purpose: str
    """What its truth is made to show."""
    entities: int
    """How many are drawn unless somebody says otherwise."""
    days: int
    tables: Callable[[Size], Tables]

    def write(self, out: Path, size: Size) -> None:
        """All its tables as Parquet in `out`; those of another log there are removed."""
        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("*.parquet"):
            old.unlink()
        for name, frame in self.tables(size).items():
            frame.write_parquet(out / f"{name}.parquet")


def ids(letter: str, index: NDArray[np.integer]) -> pl.Series:
    """`u0000012`: (n,) ids of one kind of thing."""
    return pl.Series("id", index).cast(pl.String).str.zfill(7).str.replace("^", letter)


def no_purchases() -> pl.DataFrame:
    """The table of a log in which nothing is bought."""
    texts, nothing = pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.Float64)
    ts = pl.Series([], dtype=pl.Datetime("us"))
    return pl.DataFrame({"purchase_id": texts, "user_id": texts, "ts": ts, "revenue": nothing})
