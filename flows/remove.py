"""Removing what an earlier run left, whatever it is."""

import shutil
from pathlib import Path


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, whichever is there; a link's target stays."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
