"""Listening: a socket, uvicorn on it, and an orderly end."""

from __future__ import annotations

import ipaddress
import signal
import socket
from collections.abc import Callable, Collection

import uvicorn

from ..classify import Classifier
from ..errors import InputError
from .app import application
from .limits import Limits

CONNECTIONS = 1024
_GRACE = 30  # seconds that requests in progress are given when the server is told to end


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises InputError where there can be none."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=CONNECTIONS)
    except OSError as error:
        raise InputError(f"{host}:{port}", f"cannot listen there ({error.strerror or error})") from None
    except (OverflowError, UnicodeError):
        raise InputError(f"{host}:{port}", "cannot listen there (no such address)") from None


def is_loopback(bound: socket.socket) -> bool:
    """Tell whether only this machine can reach ``bound``."""
    return ipaddress.ip_address(bound.getsockname()[0]).is_loopback


def address_of(bound: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(
    bound: socket.socket,
    classifier: Classifier,
    limits: Limits,
    workers: int,
    names: Collection[str],
    begun: Callable[[], None],
) -> None:
    """Answer until SIGTERM or Ctrl-C, then let requests in progress end; ``begun`` is called when all is ready."""
    config = uvicorn.Config(
        application(classifier, limits, workers, names, begun),
        log_level="error",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=_GRACE,
        limit_concurrency=CONNECTIONS,
    )
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises the signal again when it has ended
    uvicorn.Server(config).run([bound])
