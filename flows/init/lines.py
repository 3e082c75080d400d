"""Lines of a study and why they say what they say."""

import re
from dataclasses import dataclass

ASK = "ASK: "
"""How a question begins, in a commented line of the study."""


@dataclass(frozen=True)
class Line:
    """`key = value  # why`; without a value a commented line that asks."""

    key: str
    value: str
    why: str

    def text(self) -> str:
        """As it stands in the file."""
        if not self.value:
            return comment(f"{self.key} = ?  # {ASK}{self.why}")
        return f"{self.key} = {self.value}" + (f"  {comment(self.why)}" if self.why else "")


def quoted(text: str) -> str:
    """A TOML string of any text; what no TOML can say, half a surrogate pair, is U+FFFD."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else _escape(c) for c in escaped) + '"'


def _escape(letter: str) -> str:
    code = 0xFFFD if 0xD800 <= ord(letter) <= 0xDFFF else ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def listed(texts: list[str]) -> str:
    """A TOML list of strings."""
    return "[" + ", ".join(map(quoted, texts)) + "]"


def comment(text: str) -> str:
    """A comment of any text, on one line."""
    return "# " + "".join(c if c.isprintable() else "?" for c in text)


def open_question(text: str) -> tuple[int, str, str] | None:
    """(line number, key, question) of the first line of a study that still asks; None where none does."""
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.fullmatch(rf"# ([\w.]+) = \?  # {ASK}(.*)", line):
            return number, match[1], match[2]
    return None
