"""Which of several groups of people must stay hidden, so that no figure tells of a few of them."""

from collections.abc import Sequence


def hidden_cells(users: Sequence[int], least: int, rest: int = 0) -> tuple[bool, ...]:
    """Per cell: must it be hidden? users: how many people each of several disjoint cells counts.

    rest: people of the total that no cell shows. A cell is hidden where it counts fewer than `least`, but
    somebody. Whoever knows the total could take the shown cells from it, so what is left must be nobody or
    at least `least` people: the smallest shown cells are hidden too until it is. Ties go to the first.
    """
    hidden = [0 < n < least for n in users]
    left = rest + sum(n for n, hide in zip(users, hidden, strict=True) if hide)
    for i in sorted(range(len(users)), key=lambda i: users[i]):
        if left == 0 or left >= least:
            break
        if not hidden[i] and users[i] > 0:
            hidden[i] = True
            left += users[i]
    return tuple(hidden)
