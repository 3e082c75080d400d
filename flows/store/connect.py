"""The way to a store: credentials from the environment alone, and what went wrong as one sentence.

Messages of the client library are never shown: they may quote a request, and with it a key.
"""

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.store.address import StoreAddress
from sql.errors import StudyError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

KEY_ID, SECRET, TOKEN = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
"""Names of environment variables; of several the first that is set."""
CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 10, 60, 4

REFUSED = (
    "ACCESS_DENIED|INVALID_ACCESS_KEY_ID|SIGNATURE_DOES_NOT_MATCH|EXPIRED|TOKEN|UNRECOGNIZED_CLIENT|"
    "MISSING_AUTHENTICATION|HTTP status 40[13]"
)
ELSEWHERE = "PermanentRedirect|HTTP status 301|AuthorizationHeaderMalformed|the region '|configured region"
BUSY = "SLOW_DOWN|SERVICE_UNAVAILABLE|INTERNAL_FAILURE|THROTTLING|REQUEST_TIMEOUT|HTTP status (429|5..)"


@dataclass(frozen=True)
class Trouble:
    """What a store's refusal means."""

    sentence: str
    """Without a full stop."""
    passes: bool = False
    """Whether it may be gone in a while."""


def open_store() -> "FileSystem":
    """A client of the store that the environment names.

    Raises StudyError where a variable is missing or cannot be right, or the library is not there.
    """
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")  # nobody but the environment is asked
    secrets = {name: os.environ.get(name, "").strip() for name in (KEY_ID, SECRET, TOKEN)}
    missing = [name for name in (KEY_ID, SECRET) if not secrets[name]]
    if missing:
        raise StudyError(
            f"The study names an object store, and {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set: `export` the credentials before each run."
        )
    scheme, place = _endpoint()
    try:
        from pyarrow.fs import AwsStandardS3RetryStrategy, S3FileSystem
    except ImportError:
        raise StudyError(
            "The study names an object store, and this pyarrow knows none: install pyarrow with S3, as the "
            "wheel of the Python Package Index is (`make setup`)."
        ) from None
    return S3FileSystem(
        access_key=secrets[KEY_ID],
        secret_key=secrets[SECRET],
        session_token=secrets[TOKEN] or None,
        region=_first(REGIONS) or "us-east-1",  # else the library asks the network where it is
        scheme=scheme,
        endpoint_override=place or None,
        connect_timeout=CONNECT_SECONDS,
        request_timeout=ANSWER_SECONDS,
        allow_delayed_open=True,  # one request for a small object, not three
        retry_strategy=AwsStandardS3RetryStrategy(max_attempts=TRIES),
        tls_ca_file_path=os.environ.get("AWS_CA_BUNDLE") or None,
    )


def endpoint_name() -> str:
    """`host:port` of the endpoint, for a sentence or to tell stores apart."""
    return _endpoint()[1] or "Amazon S3"


def trouble(error: OSError, address: StoreAddress) -> Trouble | None:
    """What an error of the client means; None where it is not the store's (a full disk is ours)."""
    said = str(error)
    found = re.search(r"AWS Error ([A-Z_]+|\[code \d+\])", said)
    if isinstance(error, FileNotFoundError) and "Detail:" in said:
        return Trouble(f"nothing lies below {address}; look at the prefix (a folder's, not an object's)")
    if found is None:
        return None
    if found[1] == "NO_SUCH_BUCKET":
        return Trouble(f"there is no bucket {address.bucket} at {endpoint_name()}")
    if re.search(ELSEWHERE, said):
        return Trouble(f"the bucket {address.bucket} lies in another region; say which in {REGIONS[0]}")
    status = re.search(r"HTTP status \d+", said)
    answer = f"{found[1]} {status[0] if status else ''}"  # not the whole: a key may hold any word
    if re.search(REFUSED, answer):
        return Trouble(
            f"no access to {address}: the credentials in {KEY_ID} and {SECRET} are wrong or too old, or "
            "may not list, read or write there"
        )
    if found[1] == "NETWORK_CONNECTION":
        return Trouble(f"the endpoint {endpoint_name()} cannot be reached; look at {ENDPOINTS[1]}", True)
    if re.search(BUSY, answer):
        return Trouble(f"the endpoint {endpoint_name()} is overloaded or out of order", True)
    return Trouble(f"the endpoint {endpoint_name()} answers {found[1]} when asked for {address}")


def _endpoint() -> tuple[str, str]:
    """(scheme, host, port and path); the second empty for Amazon's own."""
    name = next((name for name in ENDPOINTS if os.environ.get(name, "").strip()), "")
    if not name:
        return "https", ""
    try:
        url = urlsplit(os.environ[name].strip())
        right = url.scheme in ("http", "https") and url.hostname and url.port != 0
    except ValueError:
        right = None
    if not right or url.username or url.password or url.query:
        raise StudyError(
            f"{name} is no endpoint; write for example https://s3.example.com, and no credentials."
        )
    return url.scheme, url.netloc + url.path.rstrip("/")


def _first(names: tuple[str, ...]) -> str:
    """The first of some environment variables that is set; empty where none is."""
    return next((value for name in names if (value := os.environ.get(name, "").strip())), "")
