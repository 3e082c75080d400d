"""The imports of the house, read from its source: which room leans on which.

A room is a folder one below `flows`, `reports` or `models` (`models.mdp`), or a file that stands loose there
(`flows.night`); `sql` is one room. Inside a room files import each other as they like.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parents[2]
FLOORS = ("flows", "reports", "models", "sql")
"""From top to bottom: imports go down."""


@dataclass(frozen=True)
class Import:
    """One import, by dotted names: who, and what."""

    importer: str
    imported: str
    """The module that is named, be it by `from models.mdp import Transitions` or by a module's own name."""

    @property
    def rooms(self) -> tuple[str, str]:
        """The importer's and the imported one's."""
        return room_of(self.importer), room_of(self.imported)


def room_of(module: str) -> str:
    """`models.mdp.state` -> `models.mdp`; `sql.events` -> `sql`."""
    parts = module.split(".")
    return parts[0] if parts[0] == "sql" else ".".join(parts[:2])


def sources(house: Path = HOUSE) -> dict[str, Path]:
    """Every Python file of the four floors by its module's dotted name."""
    found = {}
    for floor in FLOORS:
        for path in sorted((house / floor).rglob("*.py")):
            parts = path.relative_to(house).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(house: Path = HOUSE) -> list[Import]:
    """Every import of one module of the house by another, in the order of files and lines."""
    modules = sources(house)
    return [
        Import(importer, imported)
        for importer, path in modules.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for imported in _named(node, modules)
    ]


def _named(node: ast.AST, modules: dict[str, Path]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in modules)
    if isinstance(node, ast.ImportFrom) and node.module in modules:
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            # a name that the room's door offers is no module, although a file may be called the same
            yield inner if inner in modules and not _offers(modules[node.module], alias.name) else node.module


@cache
def _offers(door: Path, name: str) -> bool:
    """Does a module import or define the name itself?"""
    for node in ast.parse(door.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and name in {a.asname or a.name for a in node.names}:
            return True
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return True
    return False


def arrows(imports: list[Import]) -> set[tuple[str, str]]:
    """(room, room it leans on), without those inside a room."""
    return {i.rooms for i in imports if i.rooms[0] != i.rooms[1]}
