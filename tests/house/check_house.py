"""What keeps the house easy to read, held by `make lint`: sizes, doors, and no circles.

Which room may lean on which is for import-linter to hold (`pyproject.toml`). Run by hand:
`python -m tests.house.check_house`.
"""

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.house.exceptions import MANY_PARAMETERS
from tests.house.imports import HOUSE, Import, arrows, imports_of, room_of, sources

MAX_LINES = 300
MAX_PARAMETERS = 6
"""Of a function, self and cls apart. More are a dataclass that nobody has named yet."""


def long_files(house: Path = HOUSE) -> list[str]:
    """Files that hold more than one idea, by their length."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources(house).values()}
    return [
        f"{path.relative_to(house)} has {lines} lines, more than {MAX_LINES}: split it along its ideas"
        for path, lines in lengths.items()
        if lines > MAX_LINES
    ]


def long_signatures(house: Path = HOUSE) -> list[tuple[str, int]]:
    """(`module:function`, parameters) of every function with too many."""
    found = []
    for module, path in sources(house).items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
                count = sum(argument.arg not in ("self", "cls") for argument in arguments)
                if count > MAX_PARAMETERS:
                    found.append((f"{module}:{node.name}", count))
    return found


def unexcused(found: list[tuple[str, int]], excused: dict[str, str]) -> list[str]:
    """Signatures that nobody has given a reason for, and reasons that nothing needs any more."""
    told = [
        f"{name} takes {count} parameters, more than {MAX_PARAMETERS}: name what travels together"
        for name, count in found
        if name not in excused
    ]
    needless = sorted(excused.keys() - {name for name, _ in found})
    return told + [f"{name} is excused in tests/house/exceptions.py and need not be" for name in needless]


def back_doors(imports: list[Import]) -> list[str]:
    """Imports that reach into a room of models past its `__init__`."""
    return [
        f"{i.importer} imports {i.imported}: ask {room_of(i.imported)} itself"
        for i in imports
        if i.imported.startswith("models.") and i.rooms[0] != i.rooms[1] and i.imported != i.rooms[1]
    ]


def circles(imports: list[Import]) -> list[str]:
    """One circle of rooms that lean on each other, if there is any."""
    leans: dict[str, set[str]] = {}
    for room, on in arrows(imports):
        leans.setdefault(room, set()).add(on)
    try:
        TopologicalSorter({room: sorted(leans[room]) for room in sorted(leans)}).prepare()
    except CycleError as circle:
        return [f"rooms lean on each other in a circle: {' <- '.join(circle.args[1])}"]
    return []


def complaints(house: Path = HOUSE) -> list[str]:
    """Everything that is not in order, a sentence each."""
    imports = imports_of(house)
    return [
        *long_files(house),
        *unexcused(long_signatures(house), MANY_PARAMETERS),
        *back_doors(imports),
        *circles(imports),
    ]


def main() -> int:
    """Print the complaints; 1 if there are any."""
    found = complaints()
    print("\n".join(found) or "The house is in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
