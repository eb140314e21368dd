"""Who may come in, and what goes out with every answer.

A web page somewhere can make a browser talk to a server on the same machine. It cannot name us by an address that is
its own without a name in the Host header (DNS rebinding), and a browser tells where a request comes from; both are
looked at, and no answer may be read by another origin.
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .measures import Measures

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
POLICY = "default-src 'none'; frame-ancestors 'none'"  # of everything but the page, which has its own


class Gate:
    """Stands before the application: refuses strangers, adds headers, counts."""

    def __init__(self, app: ASGIApp, names: Collection[str], paths: Collection[str], measures: Measures) -> None:
        """``names`` are those the Host header may have beside addresses and localhost, in lower case."""
        self._app, self._names, self._paths, self._measures = app, names, paths, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begin, path = time.perf_counter(), scope["path"] if scope["path"] in self._paths else "other"

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _completed(message["headers"])}
                self._measures.requests.labels(path, str(message["status"])).inc()
            await send(message)

        try:
            if wrong := stranger(scope, self._names):
                await _refuse(wrong, send_on)
            else:
                await self._app(scope, receive, send_on)
        finally:
            self._measures.seconds.labels(path).observe(time.perf_counter() - begin)


def stranger(scope: Scope, names: Collection[str]) -> str:
    """Say why a request is not answered; an empty string where it is."""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
    hosts = [value for name, value in headers if name == "host"]
    if len(hosts) != 1 or not known(hosts[0], names):
        return "this server does not answer to that Host (winnow serve --allow-host NAME adds one)"
    for name, value in headers:
        if name == "origin" and urlsplit(value).netloc.lower() != hosts[0].lower():
            return "this server does not answer to pages of other origins"
        if name == "sec-fetch-site" and value not in ("same-origin", "none"):
            return "this server does not answer to pages of other sites"
    return ""


def known(host: str, names: Collection[str]) -> bool:
    """Tell whether ``host`` (with or without a port) is an address, localhost, or one of ``names``."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name in names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _completed(headers: Any) -> list[tuple[bytes, bytes]]:
    given = list(headers)
    names = {name.lower() for name, _ in given}
    added = HEADERS if b"content-security-policy" in names else {**HEADERS, "content-security-policy": POLICY}
    return given + [(name.encode(), value.encode()) for name, value in added.items() if name.encode() not in names]


async def _refuse(reason: str, send: Send) -> None:
    body = json.dumps({"error": reason}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
