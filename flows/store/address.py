"""An address in an object store, `s3://bucket/prefix`, read from a study or from the command line."""

import re
from dataclasses import dataclass
from pathlib import Path

from sql.errors import StudyError

SCHEME = "s3://"
ANY_SCHEME = "[A-Za-z][A-Za-z0-9+.-]*:"


@dataclass(frozen=True)
class StoreAddress:
    """What a folder is in a store: all objects of a bucket whose keys begin with `prefix/`."""

    bucket: str
    prefix: str = ""
    """Without a slash at either end; empty means the whole bucket."""

    @property
    def path(self) -> str:
        """`bucket/prefix`, as the client library names it."""
        return f"{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def name(self) -> str:
        """Its last word: what a folder of these objects is called."""
        return self.path.rsplit("/", 1)[-1]

    def below(self, *parts: str) -> "StoreAddress":
        """The address of what lies below this one."""
        return StoreAddress(self.bucket, "/".join((self.prefix, *parts)).strip("/"))

    def __str__(self) -> str:
        return SCHEME + self.path


def store_address(text: str, instead: str = "a local folder, or ") -> StoreAddress | None:
    """Read an address; None where the text is the path of a local folder. instead: what would do as well.

    Raises ValueError with what would be right, never with the text itself: somebody may have written
    credentials into it.
    """
    if not re.match(f"{ANY_SCHEME}//", text):
        return None
    if not text.startswith(SCHEME):
        raise ValueError(f"names a store of another kind; write {instead}s3://bucket/prefix.")
    bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
    if "@" in bucket or "?" in text:
        raise ValueError(
            "holds more than s3://bucket/prefix; credentials and the endpoint belong into environment "
            "variables alone (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL)."
        )
    prefix = prefix.rstrip("/")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]", bucket):
        raise ValueError(
            "names no bucket; write s3://bucket/prefix, the bucket with 3 to 63 letters, digits, `.` and `-`."
        )
    if prefix and not all(fit_to_be_file(part) for part in prefix.split("/")):
        raise ValueError(
            "has a prefix that cannot be a folder; write s3://bucket/prefix, without `..` or `//`."
        )
    return StoreAddress(bucket, prefix)


def refuse_store(out: Path) -> None:
    """Raise StudyError where --out is the address of a store."""
    if is_store(out):
        raise StudyError(
            "--out is local; the study says in `publish.store` where copies of nights go, and nothing else "
            "is written to a store."
        )


def is_store(path: Path) -> bool:
    """Is it an address of any store, which a path spells with one slash?"""
    return re.fullmatch(ANY_SCHEME, "".join(path.parts[:1])) is not None


def fit_to_be_file(part: str) -> bool:
    """Can a part of a key be the name of a file or folder? A key may hold anything, `..` too."""
    return part not in ("", ".", "..") and part.isprintable() and len(part.encode()) <= 255
