"""Money in refused rows: few rows may hold much of it, and a missing amount is unknown, not 0."""

from dataclasses import dataclass

import duckdb

from sql.advice import way_out
from sql.database import model_text, rows
from sql.events import Finding

MAX_SHARE = 0.01
"""Of a column's money, in refused rows; more draws a warning."""


@dataclass(frozen=True)
class RefusedMoney:
    """One money column of one table. Amounts are micros without sign; those of refused rows are guesses."""

    table: str
    column: str
    good_micros: int
    refused: tuple[tuple[str, int, int], ...]
    """(reason, rows, micros they speak of) of the rows refused for each reason, by reason."""
    untold: tuple[int, ...]
    """Micros that those rows would hold whose amount is missing, at the mean of their channel, by reason."""

    @property
    def share(self) -> float:
        """Of all the money that rows speak of, what refused rows hold."""
        bad = sum(micros for _, _, micros in self.refused) + sum(self.untold)
        return bad / max(bad + self.good_micros, 1)


def refused_money(connection: duckdb.DuckDBPyConnection) -> tuple[RefusedMoney, ...]:
    """Every money column that has rows, in the order of names."""
    found: dict[tuple[str, str], dict[str | None, tuple[int, int, int]]] = {}
    for table, column, reason, n, micros, untold in rows(connection, model_text("figures/refused_money")):
        found.setdefault((table, column), {})[reason] = (int(n), int(micros), int(untold))
    return tuple(
        RefusedMoney(
            table,
            column,
            by_reason.get(None, (0, 0, 0))[1],
            tuple((reason, n, micros) for reason, (n, micros, _) in by_reason.items() if reason is not None),
            tuple(untold for reason, (_, _, untold) in by_reason.items() if reason is not None),
        )
        for (table, column), by_reason in found.items()
    )


def money_in_refused_rows(connection: duckdb.DuckDBPyConnection) -> Finding:
    """Share of its money that the worst column's refused rows hold."""
    columns = refused_money(connection)
    worst = max(columns, key=lambda m: (m.share, m.table, m.column), default=None)
    share = worst.share if worst else 0.0
    text = "Refused rows hold next to no money."
    if worst and share > MAX_SHARE:
        n = sum(part for _, part, _ in worst.refused)
        held = zip(worst.refused, worst.untold, strict=True)
        reason = max((micros + untold, reason) for (reason, _, micros), untold in held)[1]
        advice = way_out(worst.table, reason)
        text = (
            f"About {share:.0%} of the {worst.column} of {worst.table} is in {n} refused "
            f"{'row' if n == 1 else 'rows'}, mostly for: {reason}. "
            + (f"{advice[0].upper()}{advice[1:]}." if advice else "Mend them at the source.")
        )
    return Finding(
        "money in refused rows",
        share > MAX_SHARE,
        share,
        "share of the worst column",
        f"<= {MAX_SHARE:g}",
        text,
    )
