"""Purchases without an amount: further lines of an order that has one, or rows that are bad."""

from flows.init.lines import Line, listed, quoted
from flows.init.look import Column, Seen, is_nearly_all


def further_lines(seen: Seen, paid: Column, order: Column | None) -> list[Line]:
    """The line that keeps rows without an amount out of the purchases; none where they are so few that a
    night sets them aside and counts them, and no order of theirs has an amount in another row."""
    n_bare = len(seen.rows) - paid.given
    if not n_bare:
        return []
    of_orders = _of_orders_with_amount(seen, paid, order) if order else 0
    if not of_orders and is_nearly_all(paid.given, len(seen.rows)):
        return []
    why = f"{n_bare:,} rows have none: CHECK that they are further lines of an order"
    if 0 < of_orders < n_bare:
        why += f"; {of_orders:,} are, by {order.name if order else ''}"
    return [Line("without", f"{{ {quoted(paid.name)} = {listed([''])} }}", why)]


def _of_orders_with_amount(seen: Seen, paid: Column, order: Column) -> int:
    """Rows without an amount whose order has one in another row."""
    is_bare, orders = seen.rows[paid.name].is_null(), seen.rows[order.name]
    return int(orders.filter(is_bare).is_in(orders.filter(~is_bare).unique().to_list()).sum())
