"""From what a parser says to a sentence that helps: where, which key, which value, what would be right."""

import difflib
import json
import re
import tomllib
import types
import typing
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

SHARES_ARE_GONE = "left the study: everybody teaches, chooses and reports, by folds; take the line out."
GONE = {"evaluation.train_share": SHARES_ARE_GONE, "evaluation.choose_share": SHARES_ARE_GONE}
"""Keys that studies may still name, and what to do about them."""
MOST_STUDIES = 5
"""Files that a sentence lists."""
LONGEST_VALUE = 80
"""Characters of a user's value that an error repeats."""


def suggest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """How a sentence about an unknown word ends: `; did you mean 'x'?`, or `otherwise` and a full stop."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"{otherwise}."


def show(value: Any) -> str:
    """A user's value, printable, on one line, not too long."""
    try:
        text = json.dumps(value, ensure_ascii=True, default=str)
    except RecursionError:
        text = "a value that nests too deeply"
    except (TypeError, ValueError):
        text = ascii(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def toml_sentence(path: Path, text: str, error: Exception) -> str:
    """A TOML syntax error, with the line it is on."""
    if isinstance(error, RecursionError):
        return f"{path} nests too deeply to be a study."
    message = str(error).rstrip(".")
    place = re.search(r"\s*\(at line (\d+), column (\d+)\)$", message)
    if not place:
        if message.endswith("(at end of document)"):
            last = max(1, len(text.splitlines()))
            what = message.removesuffix("(at end of document)").strip()
            return f"{path}, line {last}: not valid TOML: {what} at the end of the file."
        return f"{path} is not valid TOML: {message}."
    line = int(place.group(1))
    lines = text.split("\n")
    there = lines[line - 1].strip() if line <= len(lines) else ""
    quotes = _quotes(there) if message.startswith("Invalid value") else ""
    return (
        f"{path}, line {line}, column {place.group(2)}: not valid TOML: {message[: place.start()]}; "
        f"the line reads {show(there) if there else 'nothing'}{quotes}."
    )


def _quotes(line: str) -> str:
    """Where a line's value is a bare word: what it would be in quotes."""
    bare = re.fullmatch(r"([\w.\"'-]+)\s*=\s*([^\W\d][^\"'\[\]{}=#,]*?)\s*(#.*)?", line)
    return f"; text stands in quotes: {bare[1]} = {show(bare[2])}" if bare else ""


def others_beside(path: Path) -> str:
    """How a sentence on a study file that is not there ends: with one of a like name, or all there are."""
    beside = sorted(path.parent.glob("*.toml")) if path.parent.is_dir() else []
    studies = {other.name: str(other) for other in beside if _is_study(other)}
    near = difflib.get_close_matches(path.name, studies, n=1, cutoff=0.8)
    if near:
        return f"; did you mean {studies[near[0]]}?"
    if not studies:
        return "."
    are = "is" if len(studies) == 1 else "are"
    return f"; there {are} {', '.join([*studies.values()][:MOST_STUDIES])}."


def _is_study(path: Path) -> bool:
    """Every study has a name of its own, which a package's pyproject.toml has in a section."""
    try:
        return isinstance(tomllib.loads(path.read_text(encoding="utf-8-sig")).get("name"), str)
    except (OSError, ValueError, RecursionError):
        return False


def validation_sentence(path: Path, model: type[BaseModel], error: ValidationError) -> str:
    """The first problem of a validated file; the others are counted."""
    problems = error.errors(include_url=False)
    first = problems[0]
    key = _key(first["loc"])
    sentence = f"{path}: {_problem(model, first, key)}"
    others = len(problems) - 1
    return sentence + (
        f" ({others} more problem{'s' if others > 1 else ''} after this one.)" if others else ""
    )


def _key(loc: tuple[int | str, ...]) -> str:
    """`exclude.2.first`: list entries count from 1, as people do. Which of several kinds of list was tried
    (`tuple[str, str]`) is no part of a key."""
    own = [part for part in loc if part != "[key]" and not str(part).startswith("tuple[")]
    parts = [str(part + 1) if isinstance(part, int) else part for part in own]
    return ".".join(part if re.fullmatch(r"[\w-]+", part) else show(part) for part in parts)


def _problem(model: type[BaseModel], problem: Any, key: str) -> str:
    kind, context, value = problem["type"], problem.get("ctx", {}), problem["input"]
    if kind == "extra_forbidden" and key in GONE:
        return f"`{key}` {GONE[key]}"
    if kind == "extra_forbidden":
        known = _known_keys(model, problem["loc"])
        others = f"; known keys here: {', '.join(known)}"
        return f"unknown key `{key}`{suggest(str(problem['loc'][-1]), known, others)}"
    if kind == "missing":
        return f"`{key}` is missing; add it."
    if problem["loc"] and problem["loc"][-1] == "[key]":
        expected = str(context.get("expected", "the documented names"))
        known = re.findall("'(.+?)'", expected)
        return f"unknown key `{key}`{suggest(str(value), known, f'; use one of {expected}')}"
    right = _what_is_right(kind, context, problem["msg"])
    return f"`{key}` is {show(value)}; {right}{'' if right.endswith(('.', '?')) else '.'}"


def _what_is_right(kind: str, context: dict[str, Any], message: str) -> str:
    limits = {
        "greater_than": ("gt", "it must be above"),
        "greater_than_equal": ("ge", "it must be at least"),
        "less_than": ("lt", "it must be below"),
        "less_than_equal": ("le", "it must be at most"),
    }
    if kind in limits:
        name, words = limits[kind]
        return f"{words} {context[name]:g}"
    if kind == "literal_error":
        return f"write {context['expected']}"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("model_type", "dict_type"):
        return "write a table with this name, [like.this]"
    if kind == "tuple_type":
        return "write a list, [like, this]"
    if kind.startswith("date"):
        return "write a date without quotes, 2026-11-20"
    plain = {
        "int_type": "write a whole number",
        "int_parsing": "write a whole number",
        "int_from_float": "write a whole number",
        "int_parsing_size": "write a smaller whole number",
        "float_type": "write a number",
        "float_parsing": "write a number",
        "bool_type": "write true or false",
        "bool_parsing": "write true or false",
        "string_type": "write text in quotes",
    }
    return plain.get(kind, message[:1].lower() + message[1:])


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at the place of an unknown one: walk the models along the path."""
    here: Any = model
    for part in loc[:-1]:
        if isinstance(part, str) and isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[part].annotation
        else:
            here = _inner(here)
        while typing.get_origin(here) in (typing.Union, types.UnionType, typing.Annotated):
            here = next(part for part in typing.get_args(here) if part is not type(None))
    return sorted(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _inner(annotation: Any) -> Any:
    """What a dict or tuple annotation holds."""
    inside = [part for part in typing.get_args(annotation) if part is not Ellipsis]
    return inside[-1] if inside else annotation
