"""A start-up guard: `models`, `sql` and `reports` are common names, and ours must be the ones imported."""

import sys
from importlib.util import find_spec
from pathlib import Path

BESIDE = ("sql", "models", "reports")


def check_packages(home: Path | None = None) -> None:
    """Stop with exit code 2 and a clear sentence if another distribution's package would be imported.

    `home` is the folder the packages must lie in: the one `flows` lies in.
    """
    home = home or Path(__file__).absolute().parents[2]
    for name in BESIDE:
        spec = find_spec(name)
        folders = [] if spec is None else [*(spec.submodule_search_locations or ()), spec.origin or ""]
        where = next((folder for folder in folders if folder), None)
        if where is None:
            problem = f"there is no package `{name}` to import"
        elif Path(where).resolve() != (home / name).resolve():
            problem = f"`{name}` would be imported from {where}"
        else:
            continue
        print(
            f"allot: {problem}, but it must be {home / name}: another package of that name is in the way. "
            "Run allot in a virtual environment of its own (`make setup` makes one).",
            file=sys.stderr,
        )
        raise SystemExit(2)
