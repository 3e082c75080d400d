"""Which code drew a record of the split benchmark, so that no page mixes versions unseen."""

import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from flows.process.environment import REPOSITORY

UNKNOWN = "unknown"
DRAWS = (".", ":!*.md")
"""What bears on a record: everything but the pages, one of which every run writes anew."""
ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
"""What a hook sets, and what would speak of another folder."""


def drawing_version(folder: Path = REPOSITORY) -> str:
    """The commit that is checked out, with a `+` where files differ or are not committed: `8ab0ec1d2f3a+`.

    `unknown` without git, or where `folder` is no checkout of its own but a copy inside of another one.
    """
    try:
        root = Path(_git(folder, "rev-parse", "--show-toplevel"))
        commit = _git(folder, "rev-parse", "--short=12", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--", *DRAWS)
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return commit + "+" * bool(changed) if root == folder.resolve() else UNKNOWN


def version_of(record: dict[str, Any]) -> str:
    """Of the code that drew a record; those of before say nothing."""
    return str(record.get("version", UNKNOWN))


def versions_told(records: list[dict[str, Any]]) -> str:
    """One sentence: how many records were drawn by which version, the most frequent first; empty for none."""
    counts = sorted(Counter(map(version_of, records)).items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{n} by {version}" for version, n in counts)
    return f"Replicates by version of the code (`+`: with changes not committed): {told}." if told else ""


def _git(folder: Path, *command: str) -> str:
    """What git says of a folder. Raises OSError without git, SubprocessError where it refuses."""
    here = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    found = subprocess.run(
        ["git", "-C", str(folder), *command],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env=here | {"GIT_OPTIONAL_LOCKS": "0"},  # looks without writing the index of a tree in use
    )
    return found.stdout.strip()
