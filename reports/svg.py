"""Inline SVG from a handful of marks. Colours and fonts come from the page's style sheet by class name.

Every chart is drawn twice, for wide and for narrow screens, at the size it is shown at: text never
shrinks below 12 px. The style sheet shows one of the two.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from markupsafe import Markup

TEXT_SIZE = 13
"""Font size of chart text, in px; the style sheet's `.chart text` says the same."""

HATCH_STEP = 12
"""Distance of hatching strokes, in px."""

# Widths of characters in 1/100 em, a little generous; what is not listed counts as an average letter.
_WIDTHS = dict.fromkeys("iljI.,:;'|! ()[]’·", 32) | dict.fromkeys("mwMW@%", 95) | dict.fromkeys("frt-", 38)
_WIDTHS |= dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&_", 74)


@dataclass(frozen=True)
class Layout:
    """A drawing's width in px, and whether labels stand above their marks."""

    width: float
    narrow: bool


WIDE = Layout(940, narrow=False)
NARROW = Layout(340, narrow=True)


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Width in px that a text will take at most, near enough to keep labels apart."""
    return sum(_WIDTHS.get(c, 60 if ord(c) < 0x1100 else 105) for c in text) * size / 100


def fit(text: str, width: float, size: float = TEXT_SIZE) -> str:
    """The text, or as much of it as fits into `width` px and an ellipsis."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: float, size: float = TEXT_SIZE) -> list[str]:
    """The text on one or two lines of `width` px, the second one cut where it must be."""
    if text_width(text, size) <= width:
        return [text]
    words = text.split(" ")
    first = words[0]
    while len(words) > 1 and text_width(f"{first} {words[1]}", size) <= width:
        first = f"{first} {words.pop(1)}"
    return (
        [fit(first, width, size), fit(" ".join(words[1:]), width, size)]
        if words[1:]
        else [fit(first, width, size)]
    )


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"


@dataclass
class Drawing:
    """Marks in drawing order. Coordinates in px from the top left."""

    width: float
    height: float
    parts: list[Markup] = field(default_factory=list)

    def _add(self, tag: str, cls: str, content: str | Markup = "", tip: str = "", **numbers: float) -> None:
        attributes = Markup("").join(
            Markup(' {}="{}"').format(name, _number(value)) for name, value in numbers.items()
        )
        title = self._title(tip)
        form = '<{0} class="{1}"{2}>{3}{4}</{0}>' if title or content else '<{0} class="{1}"{2}/>'
        self.parts.append(Markup(form).format(Markup(tag), cls, attributes, title, content))

    def line(self, x1: float, y1: float, x2: float, y2: float, cls: str, tip: str = "") -> None:
        """A path: half as long as a line of four named numbers, on pages that hold thousands."""
        a, b, c, e = (_number(v) for v in (x1, y1, x2, y2))
        self._mark(cls, f"M{a} {b}" + (f"H{c}" if b == e else f"V{e}" if a == c else f"L{c} {e}"), tip)

    def strokes(self, lines: list[tuple[float, float, float, float]], cls: str, tip: str = "") -> None:
        """Several lines, each (x1, y1, x2, y2), as one mark."""
        parts = [[_number(v) for v in line] for line in lines]
        self._mark(cls, "".join(f"M{a} {b}L{c} {e}" for a, b, c, e in parts), tip)

    def _mark(self, cls: str, d: str, tip: str = "") -> None:
        title = self._title(tip)
        form = '<path class="{}" d="{}">{}</path>' if title else '<path class="{}" d="{}"/>'
        self.parts.append(Markup(form).format(cls, d, title))

    def _title(self, tip: str) -> Markup:
        """What is told on hovering; nothing hovers over a telephone."""
        return Markup("<title>{}</title>").format(tip) if tip and self.width > NARROW.width else Markup("")

    def rect(self, x: float, y: float, width: float, height: float, cls: str, tip: str = "") -> None:
        self._add("rect", cls, tip=tip, x=x, y=y, width=max(width, 0), height=max(height, 0))

    def circle(self, x: float, y: float, r: float, cls: str, tip: str = "") -> None:
        self._add("circle", cls, tip=tip, cx=x, cy=y, r=r)

    def path(self, points: list[tuple[float, float]], cls: str, *, closed: bool = False) -> None:
        d = "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points) + ("Z" if closed else "")
        self._mark(cls, d)

    def hatch(self, x: float, y: float, width: float, height: float, cls: str = "hatch") -> None:
        """Slanted strokes over a rectangle: nothing is known here. One path, however wide or high."""
        strokes = ""
        for at in range(HATCH_STEP // 2, int(width + height), HATCH_STEP):
            # from the left or the lower edge up to the upper or the right edge
            x1, y1 = x + max(at - height, 0), y + min(at, height)
            x2, y2 = x + min(at, width), y + max(at - width, 0)
            strokes += f"M{_number(x1)} {_number(y1)}L{_number(x2)} {_number(y2)}"
        self._mark(cls, strokes)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        cls: str = "",
        *,
        anchor: str = "start",
        within: float | None = None,
    ) -> None:
        """Text at its baseline; cut to `within` px, the whole of it then in a tooltip."""
        shown = text if within is None else fit(text, within, TEXT_SIZE * (1.08 if "strong" in cls else 1))
        classes = " ".join(filter(None, (cls, {"middle": "mid", "end": "end"}.get(anchor, ""))))
        self._add("text", classes, shown, tip=text if shown != text else "", x=x, y=y)

    def bracket(self, x: float, y: float, half: float, direction: int, cls: str) -> None:
        """`[` where direction is +1, `]` where it is -1."""
        lip = 4 * direction
        self.path([(x + lip, y - half), (x, y - half), (x, y + half), (x + lip, y + half)], cls)

    def render(self, ident: str, title: str, description: str) -> Markup:
        """The SVG element, with title and description for screen readers."""
        return Markup(
            '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" '
            'aria-labelledby="{i}-t {i}-d"><title id="{i}-t">{t}</title><desc id="{i}-d">{d}</desc>'
            "{body}</svg>"
        ).format(
            w=_number(self.width),
            h=_number(self.height),
            i=ident,
            t=title,
            d=description,
            body=Markup("\n").join(self.parts),
        )


@dataclass(frozen=True)
class Chart:
    """A finished chart: what it found, how to read it, and its drawings."""

    ident: str
    finding: str
    reading: str
    svg: Markup


def chart(ident: str, finding: str, reading: str, draw: Callable[[Layout], Drawing]) -> Chart:
    """Draws both layouts. The title says the finding; `reading` says how to read the marks."""
    drawings = [
        Markup('<div class="chart {}">{}</div>').format(
            name, draw(layout).render(f"{ident}-{name}", finding, reading)
        )
        for name, layout in (("wide", WIDE), ("narrow", NARROW))
    ]
    return Chart(ident, finding, reading, Markup("").join(drawings))
