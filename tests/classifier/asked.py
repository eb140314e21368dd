"""Asks a server, byte for byte as the test wants it."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPResponse
from typing import Any, NamedTuple

JSON, LINES, TEXT = "application/json", "application/x-ndjson", "text/plain"


class Answered(NamedTuple):
    """An answer, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]

    @property
    def error(self) -> str:
        assert self.headers["content-type"] == JSON and list(self.json) == ["error"]
        return str(self.json["error"])


class Server(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    def ask(self, method: str, path: str, body: Any = None, media: str = "", **headers: str) -> Answered:
        connection = HTTPConnection(self.host, self.port, timeout=60)
        if media:
            headers["Content-Type"] = media
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            return read(connection.getresponse())
        finally:
            connection.close()

    def post(self, path: str, body: Any, media: str = JSON, **headers: str) -> Answered:
        return self.ask("POST", path, body, media, **headers)

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"


def read(response: HTTPResponse) -> Answered:
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answered(response.status, headers, response.read())
