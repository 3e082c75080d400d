"""The drawing in docs/architecture.md, made from the imports (`make map`); a test keeps it true.

Rooms of models one by one, the other floors as a box each. Arrows that a longer way already says are left
out: what leans on `policies`, which leans on `mdp`, leans on `mdp` too.
"""

from pathlib import Path

from tests.house.imports import FLOORS, HOUSE, arrows, imports_of

PAGE = HOUSE / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by `make map` -->\n", "<!-- end of the drawing -->\n"


def box_of(room: str) -> str:
    """A room's box: its own in models, its floor's elsewhere."""
    floor, _, name = room.partition(".")
    return name if floor == "models" else floor


def drawing(house: Path = HOUSE) -> str:
    """A Mermaid flow chart, the same bytes for the same imports."""
    lean = {(box_of(a), box_of(b)) for a, b in arrows(imports_of(house))}
    short = shortened({(a, b) for a, b in lean if a != b})
    rooms = sorted({box for pair in short for box in pair} - set(FLOORS))
    lines = [
        "flowchart TD",
        "    subgraph models",
        *(f"        {room}" for room in rooms),
        "    end",
        *(f"    {a} --> {b}" for a, b in sorted(short)),
    ]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def shortened(lean: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The arrows that no longer way makes needless. There are no circles among them."""
    below: dict[str, set[str]] = {}
    for a, b in lean:
        below.setdefault(a, set()).add(b)

    def reached(box: str) -> set[str]:
        return {c for b in below.get(box, ()) for c in ({b} | reached(b))}

    return {(a, b) for a, b in lean if not any(b in reached(c) for c in below[a] - {b})}


def redrawn(page: str, picture: str) -> str:
    """The page with its drawing replaced. ValueError where it has no place for one."""
    before, rest = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
    return before + picture + rest


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text(encoding="utf-8"), drawing()), encoding="utf-8")
