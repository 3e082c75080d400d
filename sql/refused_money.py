"""Money in refused rows: few rows may hold much of it."""

from dataclasses import dataclass

import duckdb

from sql.database import model_text, rows


@dataclass(frozen=True)
class RefusedMoney:
    """One money column of one table. Amounts are micros without sign; those of refused rows are guesses."""

    table: str
    column: str
    good_micros: int
    refused: tuple[tuple[str, int, int], ...]
    """(reason, rows, micros) of the rows refused for each reason, by reason."""

    @property
    def share(self) -> float:
        """Of all the money that rows speak of, what refused rows hold."""
        bad = sum(micros for _, _, micros in self.refused)
        return bad / max(bad + self.good_micros, 1)


def refused_money(connection: duckdb.DuckDBPyConnection) -> tuple[RefusedMoney, ...]:
    """Every money column that has rows, in the order of names."""
    found: dict[tuple[str, str], dict[str | None, tuple[int, int]]] = {}
    for table, column, reason, n, micros in rows(connection, model_text("figures/refused_money")):
        found.setdefault((table, column), {})[reason] = (int(n), int(micros))
    return tuple(
        RefusedMoney(
            table,
            column,
            by_reason.get(None, (0, 0))[1],
            tuple((reason, n, micros) for reason, (n, micros) in by_reason.items() if reason is not None),
        )
        for (table, column), by_reason in found.items()
    )
