"""Pseudonyms of user ids: HMAC-SHA256, computed in DuckDB, once per distinct id."""

import hashlib

import duckdb

from sql.database import run_model, set_variable
from sql.errors import StudyError

BLOCK_BYTES = 64


def make_pseudonyms(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Build staging.pseudonyms. The key is known to one statement and stored nowhere.

    Source: RFC 2104, H((k xor opad) || H((k xor ipad) || message)).
    """
    if not key:
        raise StudyError(
            "The pseudonym key is empty; set the environment variable that `logs.pseudonym_key_env` names."
        )
    padded = (key if len(key) <= BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(BLOCK_BYTES, b"\0")
    set_variable(connection, "outer_key", bytes(b ^ 0x5C for b in padded))
    set_variable(connection, "inner_key", bytes(b ^ 0x36 for b in padded))
    run_model(connection, "staging/pseudonyms")
    connection.execute("RESET VARIABLE outer_key")
    connection.execute("RESET VARIABLE inner_key")
