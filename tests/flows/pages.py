"""README and the pages of docs/, taken apart: sections, blocks of code, links and anchors."""

import re
from dataclasses import dataclass

from tests.conftest import REPOSITORY

PAGES = {
    str(path.relative_to(REPOSITORY)): path.read_text(encoding="utf-8")
    for path in [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
}
"""Name of a page -> its text."""
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", flags=re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of code, and the anchor of the heading it stands under."""

    place: str
    language: str
    text: str


def anchor(heading: str) -> str:
    """GitHub's anchor of a heading: small letters, digits, `_` and `-`, blanks as `-`."""
    plain = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def headings(text: str) -> list[str]:
    """Headings of a page; a line of a block that begins with # is none."""
    return re.findall(r"^#+ (.*)", FENCED.sub("", text), flags=re.MULTILINE)


def blocks(language: str) -> list[Block]:
    """Blocks of a language on all pages, in order, without a list's indent."""
    found = []
    for page, text in PAGES.items():
        for match in FENCED.finditer(text):
            if match[1] == language:
                last = headings(text[: match.start()])[-1]
                lines = match[2].splitlines()
                indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
                bare = "\n".join(line[indent:] for line in lines)
                found.append(Block(f"{page}#{anchor(last)}", language, bare))
    return found


def block(place: str, language: str) -> str:
    """The one block of a language under a heading."""
    (found,) = [one.text for one in blocks(language) if one.place == place]
    return found


def links(page: str) -> list[str]:
    """Where the links and pictures of a page lead, but for other hosts."""
    text = re.sub(r"`[^`\n]*`", "", FENCED.sub("", PAGES[page]))
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if ":" not in target]
