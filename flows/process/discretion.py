"""What of an error may be kept: libraries that see user ids in clear may quote them in their messages."""

QUOTE_DATA = ("duckdb", "polars", "pyarrow")


def quotes_the_log(error: BaseException) -> bool:
    """Whether the message is of a library that reads the log, and not a sentence of our own."""
    return type(error).__module__.split(".")[0].lstrip("_") in QUOTE_DATA


def unquoted(error: BaseException) -> str:
    """Name and message of an error, the message left out where it may quote the log."""
    said = "(its message may quote the log and is left out)" if quotes_the_log(error) else str(error)
    return f"{type(error).__name__}: {said}"
