"""From files to the text of a study: which kind of log they are, and what each of their columns is."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flows.init.bad_values import bad_values
from flows.init.currency import currency_line
from flows.init.events import says_table
from flows.init.kinds import sort_files
from flows.init.known import study_of_source
from flows.init.lines import Line, comment, listed
from flows.init.look import Seen, files_of, look_at
from flows.init.one_question import choose
from flows.init.shared_users import with_shared_users
from flows.init.study_text import body, heading
from sql.contract import CONTRACT
from sql.errors import LogError, StudyError
from sql.inputs import FORMATS, discover, log_files
from sql.source_layouts import SourceLayout
from sql.source_match import matching_source

SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


def init_study(
    paths: tuple[Path, ...],
    out: Path | None,
    force: bool,
    address: str = "",
    tell: Callable[[str], object] = str,
) -> Path:
    """Write a study for files and folders, and return where; never over another file without `force`.

    `address`: of the object store that the files are a copy of, which the study then names. `tell` is called
    with a sentence for each file that cannot be read, which the study says too.
    """
    for path in paths:
        if not path.exists():
            raise StudyError(f"There is no file or folder {path}.")
    folder = _folder(paths)
    name = re.sub(r"[^a-z0-9_-]+", "_", folder.name.lower()).strip("_-")[:64] or "study"
    target = out if out is not None else Path(f"{name}.toml")
    if target.is_dir():
        target = target / f"{name}.toml"
    if target.exists() and not force:
        raise StudyError(f"{target} exists; name another file with --out, or say --force to replace it.")
    text, unread = study_text(paths, folder, name, address or _seen_from(target, folder))
    if address:  # notes name files by their path
        text, unread = (
            text.replace(str(folder), address),
            [note.replace(str(folder), address) for note in unread],
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    for note in unread:
        tell(note)
    return target


def _seen_from(target: Path, folder: Path) -> str:
    """The folder, relative to the study's own: past the links on both ways where names alone lead astray."""
    here = target.absolute().parent
    where = os.path.relpath(folder, here)
    if here.is_dir() and not ((here / where).exists() and (here / where).samefile(folder)):
        return os.path.relpath(folder.resolve(), here.resolve())
    return where


def study_text(paths: tuple[Path, ...], folder: Path, name: str, where: str) -> tuple[str, list[str]]:
    """The study of the files below `folder`, and a note on each that cannot be read; `where` is how the study
    names it."""
    alone = paths[0].absolute() if len(paths) == 1 and paths[0].is_file() else None
    places = [folder] if alone else _places(paths, folder)
    known = {place: layout for place in places if (layout := matching_source(place, alone))}
    if known:
        place, layout = next(iter(known.items()))
        inside = place.relative_to(folder).as_posix()
        below = where if inside == "." else f"{where}/{inside}".removeprefix("./")
        others = [p.relative_to(folder).as_posix() for p in known if p != place]
        notes = [f"Another log like it: {', '.join(others)}."] if others else []
        notes += [
            f"{file.relative_to(folder).as_posix()}: no table of {layout.name}; not read."
            for file in sorted({file.absolute() for path in paths for file in files_of(path)})
            if not any(file in _files_of(layout, one) for one in known)
        ]
        return "".join(f"{comment(note)}\n" for note in notes) + study_of_source(layout, name, below), []
    seen, unread = _look(paths, folder)
    notes = [
        *unread,
        *(
            f"{one.path} has no header line: write one, or name its {len(one.columns)} columns in order with "
            "`names = [...]` in a section [logs.tables.<table>]."
            for one in seen
            if not one.has_header
        ),
    ]
    named = with_shared_users([one for one in seen if one.has_header])
    found = sort_files(named)
    found.notes[:0] = notes
    chosen = choose(found)
    chosen = replace(chosen, notes=(*chosen.notes, *bad_values(named, chosen)))
    sections = body(chosen)
    lines = [*heading(name, currency_line(named, chosen), where), *_left_out(folder, sections), *sections]
    return "\n".join(lines) + "\n", unread


def _left_out(folder: Path, sections: list[str]) -> list[str]:
    """The line on tables that the study names nowhere, not even in a question, and whose files a night would
    find by their names."""
    told = {match[1] for line in sections if (match := re.match(r"(?:# )?\[+logs\.tables\.(\w+)", line))}
    tables = [table for table in CONTRACT if table not in told and _is_found(folder, table)]
    why = "files of these names lie in the folder and are not read"
    return [Line("left_out", listed(tables), why).text()] if tables else []


def _is_found(folder: Path, table: str) -> bool:
    try:
        return bool(discover(folder, table))
    except LogError:  # which of several files it is
        return True


def _folder(paths: tuple[Path, ...]) -> Path:
    """The folder that holds them all."""
    whole = [path.absolute() for path in paths]
    return Path(os.path.commonpath([path if path.is_dir() else path.parent for path in whole]))


def _places(paths: tuple[Path, ...], folder: Path) -> list[Path]:
    """Folders that a known layout may fill: that of all files, and those below it with files of their own."""
    return [folder, *sorted({file.parent for path in paths for file in log_files(path)} - {folder})]


def _files_of(layout: SourceLayout, place: Path) -> set[Path]:
    """Files of a folder that a known layout reads."""
    found = (place.glob(name) for raw, path in layout.raw_paths.items() for name in (path, f"{raw}.*", raw))
    return {file for paths in found for path in paths for file in files_of(path)}


def _look(paths: tuple[Path, ...], folder: Path) -> tuple[list[Seen], list[str]]:
    """Every file, or folder of files that belong together, and notes on what cannot be read. A folder of
    several tables is taken file by file."""
    seen, notes = list[Seen](), _spreadsheets(paths, folder)
    alone = len(paths) == 1
    found = list(dict.fromkeys(one for given in paths for one in _given(given.absolute(), alone=alone)))
    if not found:
        endings = f"files are read that end in {', '.join(FORMATS)}"
        raise LogError(" ".join((f"No log file was found in {folder}: {endings}.", *notes)))
    for path in found:
        try:
            one = look_at(path, folder)
        except LogError as error:
            notes.append(str(error))
            continue
        if one.is_mixed and (inside := _sets(path)) != [path]:
            found += [other for other in inside if other not in found]
        else:
            seen.append(one)
    return sorted(seen, key=lambda one: one.path), notes


def _spreadsheets(paths: tuple[Path, ...], folder: Path) -> list[str]:
    """A note on each file of a spreadsheet program below folders that were named."""
    below = {p.absolute() for path in paths if path.is_dir() for p in path.rglob("*") if _is_sheet(p)}
    names = sorted(path.relative_to(folder).as_posix() for path in below)
    return [f"{name}: a spreadsheet; not read. Save each of its sheets as CSV." for name in names]


def _is_sheet(path: Path) -> bool:
    """Not so what a program keeps beside a file that it has open: `~$sales.xlsx`."""
    return path.name.lower().endswith(SHEETS) and not path.name.startswith((".", "~"))


def _given(path: Path, *, alone: bool) -> list[Path]:
    """What was named: a folder that its name says to be a table is one, beside others."""
    return [path] if not alone and path.is_dir() and says_table(path.name) else _sets(path)


def _sets(path: Path) -> list[Path]:
    """A file; of a folder its files, and the folders below it, each of which is one table in parts."""
    if path.is_file():
        if _is_sheet(path):
            raise StudyError(f"{path}: a spreadsheet; save each of its sheets as CSV and name that file.")
        if not path.name.lower().endswith(tuple(FORMATS)):
            raise StudyError(f"{path}: the ending says nothing; name files that end in {', '.join(FORMATS)}.")
        return [path]
    if any("=" in part.name for part in path.iterdir() if part.is_dir()):
        return [path]
    below = [p for p in sorted(path.iterdir()) if not p.name.startswith((".", "_"))]
    files = [p for p in below if p.is_file() and p.name.lower().endswith(tuple(FORMATS))]
    return files + [p for p in below if p.is_dir() and log_files(p)]
