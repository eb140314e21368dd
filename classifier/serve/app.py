"""The application: which address does what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .. import __version__
from ..classify import Classifier
from .described import described
from .desk import Desk
from .gate import Gate
from .judging import LINES, Task
from .limits import Limits, Refused
from .measures import MEDIA as MEASURES
from .measures import Measures
from .orders import PARAMETERS, order
from .page import PAGE_POLICY, page
from .stream import Stream
from .taking import Gone, Ledger, body, media


class Service:
    """What all requests share."""

    def __init__(self, classifier: Classifier, limits: Limits, workers: int) -> None:
        self.labels: list[str] = classifier.classes_.tolist()
        self.name, self.limits = classifier.name, limits
        self.desk = Desk(classifier, limits, workers)
        self.measures = Measures(lambda: self.desk.waiting, lambda: self.desk.restarts)
        self.ledger = Ledger(limits.held)

    async def judge(self, action: str, request: Request) -> ASGIApp:
        """Answer a request for ``action``; raises Refused, Gone."""
        wanted = order(action, request.query_params.multi_items(), self.labels)
        kind = media(request)
        if self.desk.waiting >= self.limits.waiting:
            raise Refused(503, "too many requests are waiting; try again")
        if kind == LINES and action != "view":
            return Stream(wanted, self.desk, self.limits, self.measures)
        data = await body(request, self.limits, self.ledger)
        try:
            self.measures.bytes.inc(len(data))
            answer = await self.desk.answer(Task(wanted, kind, data))
        finally:
            self.ledger.remove(len(data))
        self.measures.documents.labels(action).inc(answer.documents)
        return Response(answer.body, answer.status, media_type=answer.media)


def application(
    classifier: Classifier,
    limits: Limits,
    workers: int,
    names: Collection[str] = (),
    begun: Callable[[], None] = lambda: None,
) -> ASGIApp:
    """Return the ASGI application.

    Args:
        classifier, limits, workers: who judges, how much at once, in how many processes.
        names: what the Host header may name beside addresses and localhost.
        begun: called when the workers are ready.
    """
    service = Service(classifier, limits, workers)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with service.desk:
            begun()
            yield

    looks = {"/": _page, "/health": _health, "/metrics": _metrics, "/openapi.json": _described}
    routes = [Route(f"/{action}", partial(_judge, service, action), methods=["POST"]) for action in PARAMETERS]
    routes += [Route(path, partial(look, service)) for path, look in looks.items()]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _failed})
    return Gate(app, names, [route.path for route in routes], service.measures)


async def _judge(service: Service, action: str, request: Request) -> ASGIApp:
    try:
        return await service.judge(action, request)
    except Refused as refused:
        retry = {"retry-after": "1"} if refused.status == 503 else None
        return JSONResponse({"error": refused.reason}, refused.status, retry)
    except Gone:
        return _nothing


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer nobody: the client has gone."""


async def _page(service: Service, request: Request) -> Response:
    return Response(
        page(service.name, tuple(service.labels), service.limits), headers=PAGE_POLICY, media_type="text/html"
    )


async def _health(service: Service, request: Request) -> Response:
    return JSONResponse({"status": "ok", "model": service.name, "labels": service.labels, "version": __version__})


async def _metrics(service: Service, request: Request) -> Response:
    return Response(service.measures.written(), headers={"content-type": MEASURES})


async def _described(service: Service, request: Request) -> Response:
    return JSONResponse(described(service.labels, service.limits))


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse(
        {"error": f"{request.method} {request.url.path[:200]}: {error.detail}"}, error.status_code, error.headers
    )
