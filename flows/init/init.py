"""From files to the text of a study: which kind of log they are, and what each of their columns is."""

import os
import re
from pathlib import Path

from flows.init.events import Table, table_of
from flows.init.exports import Part, export_part, left_out, wide_parts
from flows.init.known import study_of_source
from flows.init.lines import comment
from flows.init.look import Seen, log_files, look_at
from flows.init.study_text import heading, parts_text, tables_text, trial_text
from flows.init.trial import Trial, trial_of
from sql.errors import LogError, StudyError
from sql.inputs import FORMATS
from sql.source_match import matching_source


def init_study(paths: tuple[Path, ...], out: Path | None, force: bool) -> Path:
    """Write a study for files and folders, and return where; never over another file without `force`."""
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
    text = study_text(paths, folder, name, os.path.relpath(folder, target.absolute().parent))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def study_text(paths: tuple[Path, ...], folder: Path, name: str, relative: str) -> str:
    """The study of the files below `folder`; `relative` is how the study names it."""
    alone = paths[0].absolute() if len(paths) == 1 and paths[0].is_file() else None
    places = [folder] if alone else _places(paths, folder)
    known = {place: layout for place in places if (layout := matching_source(place, alone))}
    if known:
        place, layout = next(iter(known.items()))
        below = Path(relative, place.relative_to(folder)).as_posix()
        others = [p.relative_to(folder).as_posix() for p in known if p != place]
        more = comment(f"Another log like it: {', '.join(others)}.") + "\n" if others else ""
        return more + study_of_source(layout, name, below)
    seen, notes = _look(paths, folder)
    notes += [
        comment(
            f"{one.path} has no header line: write one, or name its {len(one.columns)} columns in order with "
            "`names = [...]` in a section [logs.tables.<table>]."
        )
        for one in seen
        if not one.has_header
    ]
    body, currency = _body([one for one in seen if one.has_header], notes)
    why = "a column of the files says so" if currency else "CHECK: no file says which"
    return "\n".join([*heading(name, currency or "EUR", why, relative), *body]) + "\n"


def _body(seen: list[Seen], notes: list[str]) -> tuple[list[str], str]:
    """The sections about tables, and the currency where a file tells it."""
    tables, parts, trials, unknown = list[Table](), list[Part](), list[Trial](), list[str]()
    for one in seen:
        if wide := wide_parts(one):
            parts += wide
        elif (table := table_of(one)) and table.name not in {t.name for t in tables}:
            tables.append(table)
        elif part := export_part(one):
            parts.append(part)
        elif trial := trial_of(one):
            trials.append(trial)
        else:
            unknown.append(
                comment(f"{one.path}: nothing in it is a decision, an outcome or spend; not read.")
            )
    kept, again = left_out(parts)
    if trials and not tables and not kept:
        return [*notes, *unknown, *trial_text(trials[0])], ""
    if kept and not any(table.name == "impressions" for table in tables):
        currencies = {part.currency for part in kept} - {""}
        more = tables_text([t for t in tables if t.name in ("counts", "geo", "experiments", "budgets")])
        text = [*more, *parts_text(kept, [*notes, *unknown, *again])]
        return text, currencies.pop() if len(currencies) == 1 else ""
    if not tables:
        asks = "# [logs.tables.impressions]\n# path = ?  # ASK: which file holds who was shown what?"
        return ["", *notes, *unknown, asks], ""
    return ["", *notes, *unknown, *tables_text(tables)], ""


def _folder(paths: tuple[Path, ...]) -> Path:
    """The folder that holds them all."""
    whole = [path.absolute() for path in paths]
    return Path(os.path.commonpath([path if path.is_dir() else path.parent for path in whole]))


def _places(paths: tuple[Path, ...], folder: Path) -> list[Path]:
    """Folders that a known layout may fill: that of all files, and those below it with files of their own."""
    return [folder, *sorted({file.parent for path in paths for file in log_files(path)} - {folder})]


def _look(paths: tuple[Path, ...], folder: Path) -> tuple[list[Seen], list[str]]:
    """Every file, or folder of files that belong together, and notes on what cannot be read."""
    seen, notes = list[Seen](), list[str]()
    for path in dict.fromkeys(one for given in paths for one in _sets(given.absolute())):
        try:
            seen.append(look_at(path, folder))
        except LogError as error:
            notes.append(comment(str(error)))
    return sorted(seen, key=lambda one: one.path), notes


def _sets(path: Path) -> list[Path]:
    """A file; of a folder its files, and the folders below it, each of which is one table in parts."""
    if path.is_file():
        if not path.name.lower().endswith(tuple(FORMATS)):
            raise StudyError(f"{path}: the ending says nothing; name files that end in {', '.join(FORMATS)}.")
        return [path]
    if any("=" in part.name for part in path.iterdir() if part.is_dir()):
        return [path]
    below = [p for p in sorted(path.iterdir()) if not p.name.startswith((".", "_"))]
    files = [p for p in below if p.is_file() and p.name.lower().endswith(tuple(FORMATS))]
    return files + [p for p in below if p.is_dir() and log_files(p)]
