"""Settings of the log contract: where tables lie, what their columns are called, which days to leave out."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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
]


class Settings(BaseModel):
    """Base of every section of a study: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LogTable(Settings):
    """One table of the log contract."""

    path: str
    """File, folder or glob of Parquet, CSV or JSON Lines, relative to the log folder."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Contract column -> the log's own column name. Columns not named keep their contract name."""
    money_unit: Literal["currency", "micros", "cents"] = "currency"
    """Unit of this table's money columns. Google's exports are in micros, most others in currency."""


class DayRange(Settings):
    """Days from `first` to `last`, both included, in the study's time zone."""

    first: date
    last: date
    why: str


class LogSettings(Settings):
    """Where the logs are and how to read them."""

    folder: str = "."
    """Folder of the logs, relative to the study file. `--logs` on the command line replaces it."""
    source: str = "contract"
    """`contract` when files follow the log contract (after renaming); else a folder of `sql/sources`
    whose SQL files shape raw tables into the contract's."""
    source_numbers: dict[str, float] = Field(default_factory=dict)
    """Numbers the source's SQL needs and the logs do not hold (`mailing_cost`), by name."""
    tables: dict[TableName, LogTable] = Field(default_factory=dict)
    """Contract tables, for `source = "contract"`. Left out: every `<table>` or `<table>.*` in the folder."""
    context: tuple[str, ...] = ()
    """Numeric or categorical columns of impressions known at the decision, to become state: in a single-step
    log those of the decision; else those of the last ad before its day, since an ad not shown has none."""
    user_features: tuple[str, ...] = ()
    """Columns of users known at entry, to become state."""
    max_quarantined_share: float = Field(default=0.05, ge=0, le=1)
    """Above this share of quarantined rows in any one table the run refuses (exit code 4)."""
    min_cell_users: int = Field(default=10, ge=1, le=1000)
    """No figure tells of fewer users than this: smaller segments become one, and smaller parts of a table are
    not shown. 5 to 10 is usual for figures inside a company, 50 for what leaves it; 1 hides nothing."""
    threads: int = Field(default=2, ge=1, le=256)
    """DuckDB's threads. Results do not depend on it."""
    memory_limit_gb: float = Field(default=4.0, gt=0)
    """DuckDB's memory limit."""
    pseudonym_key_env: str = "ALLOT_PSEUDONYM_KEY"
    """Environment variable holding the key of the HMAC-SHA256 that replaces user ids."""
