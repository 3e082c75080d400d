"""Settings of the log contract: where tables lie, what their columns are called, which days to leave out."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

TableName = Literal[
    "impressions",
    "clicks",
    "purchases",
    "opportunities",
    "users",
    "visits",
    "outcomes",
    "totals",
    "arms",
    "budgets",
    "experiments",
    "counts",
    "geo",
]


class Settings(BaseModel):
    """Base of every section of a study: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


MoneyUnit = Literal["currency", "micros", "cents"]
LIBRARIES_GB = 0.9
"""What the process of a night holds before it has read anything."""
ROW_NUMBER = "#row"
"""Name of a column that every file has: the number of its rows, in their order."""


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""A text, or a list of texts."""


class LogFiles(Settings):
    """Files with the same columns, read as rows of one table of the log contract."""

    path: Texts = ()
    """File, folder or glob of Parquet, CSV or JSON Lines, or a list of them, relative to the log folder."""
    names: tuple[str, ...] = ()
    """Names of the columns of text files whose first line is a row already."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Contract column -> the log's own column name. Columns not named keep their contract name. `#row` is
    the number of the row: an id, where a file has none."""
    joined: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Contract column -> own columns that together make it: campaign, device and hour tell the rows of one
    day of an export apart."""
    constants: dict[str, str] = Field(default_factory=dict)
    """Contract column -> what every row has there: the channel of a platform's export."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Contract column -> written value -> what it is read as: `values.channel = { control = "none" }`."""
    only: dict[str, Texts] = Field(default_factory=dict)
    """Own column -> value or values that a row must have there to belong to the table."""
    without: dict[str, Texts] = Field(default_factory=dict)
    """Own column -> value or values that keep a row out of the table; "" is a missing one."""
    money_unit: MoneyUnit = "currency"
    """Unit of the money columns. Google's exports are in micros, most others in currency."""
    money_units: dict[str, MoneyUnit] = Field(default_factory=dict)
    """Contract column -> its unit, where it has another one: cost in micros beside revenue in currency."""


class LogTable(LogFiles):
    """One table of the log contract."""

    parts: tuple[LogFiles, ...] = ()
    """Files with different columns, one after the other, in place of `path`: one export per platform."""

    @property
    def files(self) -> tuple[LogFiles, ...]:
        """The parts, of which a table with a `path` is the only one."""
        return self.parts or (self,)

    @model_validator(mode="after")
    def _says_where(self) -> "LogTable":
        if bool(self.path) == bool(self.parts) or any(not part.path for part in self.parts):
            raise ValueError("give it either a `path`, or `parts` that have a `path` each")
        return self


class DayRange(Settings):
    """Days from `first` to `last`, both included, in the study's time zone."""

    first: date
    last: date
    why: str


class LogSettings(Settings):
    """Where the logs are and how to read them."""

    folder: str = "."
    """Folder of the logs, relative to the study file, or `s3://bucket/prefix` in an object store. `--logs` on
    the command line replaces it."""
    keep_copy: bool = True
    """Of logs in an object store: keep the local copy, user ids in clear, in OUT/<study>/.mirror, closed to
    others, so that the next night loads only what has changed. false: gone after each night."""
    source: str = "contract"
    """`contract` when files follow the log contract (after renaming); else a folder of `sql/sources`
    whose SQL files shape raw tables into the contract's."""
    source_numbers: dict[str, float] = Field(default_factory=dict)
    """Numbers the source's SQL needs and the logs do not hold (`mailing_cost`), by name."""
    tables: dict[TableName, LogTable] = Field(default_factory=dict)
    """Contract tables, for `source = "contract"`. Left out: every `<table>` or `<table>.*` in the folder."""
    left_out: tuple[TableName, ...] = ()
    """Contract tables that are not read, although the folder holds a file of that name."""
    context: tuple[str, ...] = ()
    """Numeric or categorical columns of impressions known at the decision, to become state: in a single-step
    log, or with `decision.every_logged`, those of the decision; else those of the last ad before its day,
    since an ad not shown has none."""
    user_features: tuple[str, ...] = ()
    """Columns of users known at entry, to become state."""
    max_quarantined_share: float = Field(default=0.05, ge=0, le=1)
    """Above this share of quarantined rows in any one table the run refuses (exit code 4)."""
    min_cell_users: int = Field(default=10, ge=1, le=1000)
    """No figure tells of fewer users than this: smaller segments become one, and smaller parts of a table are
    not shown. 5 to 10 is usual for figures inside a company, 50 for what leaves it; 1 hides nothing."""
    threads: int = Field(default=2, ge=1, le=256)
    """DuckDB's threads. Results do not depend on it."""
    memory_limit_gb: float = Field(default=8.0, ge=1)
    """Memory a night may take, in units of 10^9 bytes. Reading spills to the disk beyond it, and a longer log
    than it has room for is judged on a sample (`evaluation.max_decisions`)."""

    @property
    def reader_gb(self) -> float:
        """DuckDB's part of it: the process holds the libraries too."""
        return max(self.memory_limit_gb - LIBRARIES_GB, 0.5)

    @model_validator(mode="after")
    def _leaves_out_what_it_does_not_name(self) -> "LogSettings":
        if both := [table for table in self.left_out if table in self.tables]:
            raise ValueError(f"`left_out` holds {both[0]}, which `tables` says how to read; keep one")
        return self

    pseudonym_key_env: str = "ALLOT_PSEUDONYM_KEY"
    """Environment variable holding the key of the HMAC-SHA256 that replaces user ids."""
