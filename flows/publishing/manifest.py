"""manifest.json: what a night read, what it wrote, with which code and settings."""

import hashlib
import json
import subprocess
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from flows.flat_settings import flatten
from flows.process.environment import REPOSITORY
from flows.study import Study
from models.json_file import read_json_object
from sql.events import Events

MANIFEST = "manifest.json"
PACKAGES = ("flows", "sql", "models", "reports")
LIBRARIES = ("torch", "d3rlpy", "polars", "duckdb", "numpy", "scipy", "scikit-learn", "xlsxwriter")
"""Libraries whose version bears on a result."""


def describe(study: Study, as_of: date, events: Events, previous: Path | None = None) -> dict[str, Any]:
    """A night's manifest without its files. `previous`: the earlier report that training started from."""
    return {
        "schema": 1,
        "study": study.name,
        "as_of": as_of.isoformat(),
        "code": {"version": code_version(), "libraries": {name: _version(name) for name in LIBRARIES}},
        "settings": flatten(study),
        "seeds": {"study": study.seed, "agents": list(study.agents.seeds)},
        "inputs": [
            {"name": file.name, "sha256": file.sha256, "bytes": file.bytes}
            for file in sorted(events.inputs, key=lambda file: file.name)
        ],
        "previous": None if previous is None else {"as_of": previous.name, "digest": _digest_of(previous)},
        "rows": {
            count.table: {
                "rows_in": count.rows_in,
                "good": count.good,
                "duplicate": count.duplicate,
                "not_yet_known": count.not_yet_known,
                "quarantined": dict(sorted(count.quarantined.items())),
            }
            for count in sorted(events.counts, key=lambda count: count.table)
        },
    }


def write_manifest(folder: Path, described: dict[str, Any], timings: dict[str, Any]) -> Path:
    """Digest every file of `folder` and write its manifest; returns its path.

    `digest` covers everything but `timings`: two runs that agree have the same digest.
    """
    files = [
        {"name": path.relative_to(folder).as_posix(), "sha256": sha256(path), "bytes": path.stat().st_size}
        for path in folder.rglob("*")
        if path.is_file() and path != folder / MANIFEST
    ]
    body = described | {"files": sorted(files, key=lambda file: str(file["name"]))}
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    manifest = body | {"digest": hashlib.sha256(canonical).hexdigest(), "timings": timings}
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _digest_of(folder: Path) -> str:
    digest = read_json_object(folder / MANIFEST).get("digest")
    if not isinstance(digest, str):
        raise ValueError("it has no digest")
    return digest


def is_whole(folder: Path) -> bool:
    """Can the manifest of a published folder be read, and are the files it lists as they were written?"""
    try:
        files = {file["name"]: file["sha256"] for file in read_json_object(folder / MANIFEST)["files"]}
        return bool(_digest_of(folder)) and all(
            (folder / name).is_file() and sha256(folder / name) == digest
            for name, digest in files.items()
            if _is_read_again(name)
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _is_read_again(name: str) -> bool:
    """Files that a later night starts from."""
    return name == "split.json" or name.startswith("policies/")


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def code_version() -> str:
    """Package version and digest of the source: the same in a clone and in a copied folder."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*"), key=lambda path: path.as_posix()):
            if path.is_file() and "__pycache__" not in path.parts and path.parent.name != "studies":
                digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0")
                digest.update(sha256(path).encode())
    return f"{_version('allot')}+{digest.hexdigest()[:12]}"


def git_commit() -> str | None:
    """The commit the code was checked out from, for people; None without git."""
    try:
        found = subprocess.run(
            ["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
