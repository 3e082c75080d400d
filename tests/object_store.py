"""A real S3 server on this machine, its objects, and the requests it has answered."""

import logging
import re
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

KEY_ID, SECRET = "AKIAKEYFORTESTS", "a/secret+for/tests"


class ObjectStore:
    """One bucket of a running server; `requests` grows with what it is asked, `PUT /bucket/key?...`."""

    def __init__(self, endpoint: str, bucket: str, requests: list[str]) -> None:
        self.endpoint, self.bucket, self.requests = endpoint, bucket, requests
        self._client: Any = boto3.client(
            "s3", endpoint_url=endpoint, aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )  # fmt: skip
        self._client.create_bucket(Bucket=bucket)

    def put(self, key: str, content: bytes) -> None:
        self._client.put_object(Bucket=self.bucket, Key=key, Body=content)

    def remove(self, key: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=key)

    def content(self, prefix: str = "") -> dict[str, bytes]:
        """Key -> bytes of every object below a prefix; markers of empty folders are none."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        keys = [one["Key"] for page in pages for one in page.get("Contents", []) if one["Key"][-1] != "/"]
        return {key: self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys}

    def kind(self, key: str) -> str:
        """The content type a browser is told."""
        return str(self._client.head_object(Bucket=self.bucket, Key=key)["ContentType"])

    def asked(self, method: str) -> list[str]:
        """Keys of objects that a method was asked for, in order; forgets what it was asked."""
        pattern = rf"{method} /{self.bucket}/([^? ]+)"
        keys = [found[1] for request in self.requests if (found := re.match(pattern, request))]
        self.requests.clear()
        return keys


class RunningServer:
    """The server of a test process. A test's bucket is its own."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._requests: list[str] = []
        self._n_buckets = 0
        logger = logging.getLogger("werkzeug")
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(_Listener(self._requests))

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def store(self, patch: pytest.MonkeyPatch) -> ObjectStore:
        """A new bucket, and the environment variables that lead to it."""
        host, port = self._server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        for name in ("AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "AWS_DEFAULT_REGION"):
            patch.delenv(name, raising=False)
        for name, value in (
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", endpoint),
        ):
            patch.setenv(name, value)
        self._n_buckets += 1
        self._requests.clear()
        return ObjectStore(endpoint, f"bucket-{self._n_buckets}", self._requests)


class _Listener(logging.Handler):
    """Keeps the request lines that the server logs."""

    def __init__(self, requests: list[str]) -> None:
        super().__init__()
        self._requests = requests

    def emit(self, record: logging.LogRecord) -> None:
        if found := re.search(r"([A-Z]+ /\S*) HTTP", record.getMessage()):
            self._requests.append(found[1])


def denies(patch: pytest.MonkeyPatch, after: int) -> None:
    """The server answers so many requests more, and no access to all others.

    Objects then come one at a time, or chance would pick which request is refused: of a refused GetObject
    Arrow says that the server failed.
    """
    from moto import settings
    from moto.core.responses import ActionAuthenticatorMixin

    patch.setattr("flows.store.transfer.AT_ONCE", 1)
    patch.setattr(settings, "INITIAL_NO_AUTH_ACTION_COUNT", float(after))
    patch.setattr(ActionAuthenticatorMixin, "request_count", 0)
