"""Log files: found inside the log folder and nowhere else, hashed, their lines counted."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, cast

from sql.errors import LogError, StudyError
from sql.hints import listing, show

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".csv.gz": "csv",
    ".tsv.gz": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson.gz": "jsonl",
    ".json.gz": "jsonl",
}
"""File name endings and the format they stand for."""
CHUNK_BYTES = 1 << 22
PACKED = {
    b"\x1f\x8b": "compressed with gzip: let its name end in .gz too, or unpack it",
    b"PK\x03\x04": "a zip archive or a spreadsheet: unpack it, or save its sheet as CSV",
    **{b"BZh%d1AY&SY" % size: "compressed with bzip2: unpack it" for size in range(1, 10)},
    b"\xfd7zXZ\x00": "compressed with xz: unpack it",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it",
    b"PAR1\x15": "Parquet: let its name end in .parquet",
    b"\xff\xfe": "text in UTF-16: save it as UTF-8",
    b"\xfe\xff": "text in UTF-16: save it as UTF-8",
}
"""First bytes of a file that is named like text, and what it is."""
FIRST_BYTES, MOST_CONTROLS = 4096, 0.05
"""Share of the first bytes that may be signs which no text has: of bytes by chance it is a ninth."""


@dataclass(frozen=True)
class LogFile:
    """One file of a log, and what one pass over its bytes tells."""

    path: Path
    name: str
    """Relative to the log folder, with forward slashes."""
    format: str
    sha256: str
    bytes: int
    lines: int
    """Lines that are not blank, of text formats; 0 for Parquet."""
    has_quotes: bool
    """Whether a text file holds a double quote at all: without one, every line is one row."""
    names: tuple[str, ...] = ()
    """Names of the columns of a text file whose first line is a row; none: the first line says them."""


def discover(folder: Path, table: str) -> list[Path]:
    """`<table>` or `<table>.*` in the folder, with a known ending; empty where there is none."""
    found = [p for ending in FORMATS if (p := folder / f"{table}{ending}").is_file()]
    if (folder / table).is_dir():
        found.append(folder / table)
    if len(found) > 1:
        raise LogError(
            f"{folder}: {listing(sorted(p.name for p in found))}: which is {table}? Keep one, or name it in "
            f"`logs.tables.{table}.path`."
        )
    return _expand(found, folder, table)


def resolve(folder: Path, path: str, table: str, key: str = "") -> list[Path]:
    """Files of a path the study names (as `key`): a file, a folder or a glob, inside the log folder."""
    key = key or f"logs.tables.{table}.path"
    if Path(path).is_absolute() or ".." in Path(path).parts or "\x00" in path:
        raise StudyError(
            f"`{key}` is {show(path)!r}; give a path inside the log folder, without `..` or a leading `/`."
        )
    exact = folder / path
    found = [exact] if exact.exists() else sorted(folder.glob(path)) if path.strip("./") else []
    if not found:
        raise LogError(f"{folder / path} does not exist (`{key}`); the log folder holds {holdings(folder)}.")
    files = _expand(found, folder, table)
    if not files:
        raise LogError(
            f"{folder / path} holds no log file (`{key}`); name Parquet, CSV or JSON Lines files, "
            f"ending in one of {listing(FORMATS)}."
        )
    return files


def log_files(folder: Path) -> list[Path]:
    """Files below a folder that are logs, sorted."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and _is_log(p, folder))


def holdings(folder: Path) -> str:
    """What lies in a folder, for a sentence."""
    return listing(sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")))


def scan(path: Path, folder: Path, names: tuple[str, ...] = ()) -> LogFile:
    """Hash one file and count its lines, streaming. `names`: of its columns, where it has no header line."""
    name, kind = path.relative_to(folder).as_posix(), file_format(path)
    try:
        with path.open("rb") as raw:
            sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
            size = raw.tell()
        lines, has_quotes = (0, False) if kind == "parquet" else _count_lines(path)
    except (OSError, EOFError) as error:
        raise LogError(f"{path} cannot be read: {show(error, 200)}.") from None
    return LogFile(path, name, kind, sha256, size, lines, has_quotes, names if kind == "csv" else ())


def file_format(path: Path) -> str:
    """`parquet`, `csv` or `jsonl`."""
    return next(kind for ending, kind in FORMATS.items() if path.name.lower().endswith(ending))


def open_bytes(path: Path) -> IO[bytes]:
    """The bytes of a file, decompressed if its name ends in .gz."""
    return cast(IO[bytes], gzip.open(path)) if path.name.lower().endswith(".gz") else path.open("rb")


def _expand(found: list[Path], folder: Path, table: str) -> list[Path]:
    """Files under what was found, sorted; each must truly lie inside the log folder."""
    files: set[Path] = set()
    for path in found:
        if path.is_dir():
            files.update(log_files(path))
        elif path.is_file():
            if not has_known_ending(path):
                raise LogError(
                    f"{path}: the ending of this {table} file says nothing; use one of {listing(FORMATS)}."
                )
            files.add(path)
    root = folder.resolve()
    for path in files:
        if not path.resolve().is_relative_to(root):
            raise StudyError(f"{path} leads out of the log folder {folder}; copy the file into it.")
    return sorted(files, key=lambda p: p.relative_to(folder).as_posix())


def _is_log(path: Path, below: Path) -> bool:
    """Hidden files, and what Spark and Delta write beside the data, are no log."""
    parts = path.relative_to(below).parts
    return has_known_ending(path) and not any(part.startswith((".", "_")) for part in parts)


def has_known_ending(path: PurePath) -> bool:
    """Whether the name says that this is a log."""
    return path.name.lower().endswith(tuple(FORMATS))


def _refuse_what_is_no_text(path: Path, first: bytes) -> None:
    """LogError for bytes that can be no lines of text, as what they are."""
    for start, what in PACKED.items():
        if first.startswith(start):
            raise LogError(f"{path} is {what}.")
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\v" for byte in first)
    if controls > max(MOST_CONTROLS * len(first), 8):
        raise LogError(
            f"{path} holds no text, whatever its name says: save it as CSV or JSON Lines in UTF-8."
        )


def _count_lines(path: Path) -> tuple[int, bool]:
    """(lines that are not blank, whether there is a double quote)."""
    ends = blank = 0
    has_quotes = False
    before = b"\n"  # up to two bytes before the chunk; the file's start counts as after a line end
    with open_bytes(path) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if before == b"\n" and not ends:
                _refuse_what_is_no_text(path, chunk[:FIRST_BYTES])
            ends += chunk.count(b"\n")
            has_quotes = has_quotes or b'"' in chunk
            seam = before + chunk
            if b"\n\n" in seam or b"\n\r\n" in seam:
                blank += sum(m.end() > len(before) for m in re.finditer(rb"(?<=\n)\r?\n", seam))
            before = seam[-2:]
    return ends - blank + (not before.endswith(b"\n")), has_quotes
