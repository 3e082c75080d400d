"""Arguments that several commands of `allot` share."""

from dataclasses import dataclass
from datetime import date
from inspect import cleandoc
from pathlib import Path
from types import FunctionType
from typing import Annotated

from cyclopts import App, Parameter

Study = Annotated[Path, Parameter(help="The study file (TOML), for example flows/studies/demo.toml.")]
AsOf = Annotated[
    date | None,
    Parameter(
        help="Use only what was known before this day, YYYY-MM-DD. Default: today in the study's time zone."
    ),
]
Out = Annotated[Path, Parameter(help="Folder of all outputs; the report goes to OUT/<study>/<as-of>/.")]
Logs = Annotated[
    str | None,
    Parameter(help="Folder of the logs, or s3://bucket/prefix, instead of what the study names."),
]
Threads = Annotated[
    int | None, Parameter(help="Threads for reading logs. Changes how long it takes, never what comes out.")
]
SiteLogs = Annotated[
    list[str] | None,
    Parameter(
        help="Folder of the logs, or s3://bucket/prefix, instead of what the study names. Given once per "
        "site: all sites' sums are added, and no row leaves a site.",
    ),
]


@dataclass(frozen=True)
class Draw:
    """How much of a simulated world is drawn, and which draw it is."""

    seed: Annotated[int, Parameter(help="Another seed, another draw of the same world.")] = 1
    entities: Annotated[int | None, Parameter(help="Users. Default: the world's own number.")] = None
    days: Annotated[int | None, Parameter(help="Days. Default: the world's own number.")] = None


THE_WORLDS_OWN = Draw()


def unwrapped(app: App) -> None:
    """Let paragraphs of the help of every command break where the terminal does, not where the code did."""
    for name in app:
        command = app[name].default_command
        if isinstance(command, FunctionType) and command.__doc__:
            paragraphs = cleandoc(command.__doc__).split("\n\n")
            command.__doc__ = "\n\n".join(" ".join(text.split()) for text in paragraphs)
