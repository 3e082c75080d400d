"""The upper concave hull: what mixtures of points can reach."""

from collections.abc import Sequence


def upper_hull(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Indices of the upper concave hull of points ascending in x, up to the largest y (of equals the first).

    Of points at one x the highest counts. Monotone chain (Andrew 1979).
    """
    top = max(range(len(x)), key=lambda i: (y[i], -x[i]))
    hull: list[int] = []
    for i in range(top + 1):
        if hull and x[hull[-1]] == x[i]:
            if y[hull[-1]] >= y[i]:
                continue
            hull.pop()
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            if (y[b] - y[a]) * (x[i] - x[b]) > (y[i] - y[b]) * (x[b] - x[a]):
                break
            hull.pop()
        hull.append(i)
    return hull
