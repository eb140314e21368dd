"""What the server counts, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Measures:
    """Counters of one server."""

    def __init__(self, waiting: Callable[[], float], restarts: Callable[[], float]) -> None:
        """``waiting`` and ``restarts`` are asked when somebody looks."""
        self._registry = CollectorRegistry()
        names = ("path", "status")
        self.requests = Counter("winnow_requests", "Requests answered.", names, registry=self._registry)
        self.seconds = Histogram(
            "winnow_request_seconds",
            "Seconds from a request's head to the end of its answer.",
            ["path"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.documents = Counter("winnow_documents", "Documents judged.", ["action"], registry=self._registry)
        self.bytes = Counter("winnow_body_bytes", "Bytes of bodies read.", registry=self._registry)
        Gauge("winnow_waiting", "Requests waiting for a worker.", registry=self._registry).set_function(waiting)
        Gauge("winnow_worker_restarts", "Workers that died.", registry=self._registry).set_function(restarts)

    def written(self) -> bytes:
        """Return the text exposition."""
        return generate_latest(self._registry)
