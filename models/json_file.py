"""Reading back JSON that an earlier night wrote, and that anything may have happened to since."""

import json
import math
from pathlib import Path
from typing import Any


def read_json_object(path: Path) -> dict[str, Any]:
    """The object in a JSON file whose numbers are all finite.

    Raises ValueError with what is wrong, to stand in brackets after the file's name; no content is quoted.
    """
    if path.exists() and not path.is_file():
        raise ValueError("it is no file")  # reading a pipe would wait for ever
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text, parse_constant=_not_finite, parse_float=_finite)
    except OSError as error:
        raise ValueError(f"it cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON from line {error.lineno} on") from None
    except RecursionError:
        raise ValueError("it nests too deeply") from None
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _not_finite(text)


def _not_finite(_: str) -> float:
    raise ValueError("it holds a number that is not finite")
