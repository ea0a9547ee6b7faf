"""What the core counts of its work, as Prometheus reads it.

No label has a word that a client chose: routes are templates, everything else one of a few words.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from inference_core.domain.generation import Priority, Timings

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# Seconds: a cached first token on a fast machine, up to a long answer on a slow one.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})


class Metrics:
    """Counters and histograms of one core, with a registry of their own."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self._requests = Counter(
            "spark_core_http_requests",
            "Requests by route and status; 499: the client left before its answer began.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._active = Gauge(
            "spark_core_requests_active",
            "Requests, streams and WebSockets that are being answered.",
            registry=registry,
        )
        self._duration = Histogram(
            "spark_core_http_request_duration_seconds",
            "From a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._answers = Counter(
            "spark_core_answers",
            "Answers by how they ended: stop, length, cancelled, refused, failed.",
            ("priority", "outcome"),
            registry=registry,
        )
        self._first_token = _by_priority(
            registry, "time_to_first_token_seconds", "From the question to its first token."
        )
        self._answering = _by_priority(
            registry, "answer_duration_seconds", "From the question to the end of its answer."
        )
        self._queueing = _by_priority(
            registry, "queue_seconds", "How long finished answers waited before they began."
        )
        self._tokens = Counter(
            "spark_core_tokens",
            "Tokens: processed and cached ones of prompts, generated, drafted, accepted ones.",
            ("kind",),
            registry=registry,
        )
        for kind in ("prompt", "cached", "generated", "drafted", "accepted"):
            self._tokens.labels(kind)

    def add(self, collector: Collector) -> None:
        """Ask ``collector`` for its figures, too, whenever they are told."""
        self._registry.register(collector)

    @contextmanager
    def active(self) -> Iterator[None]:
        """Count a request among those that are being answered."""
        self._active.inc()
        try:
            yield
        finally:
            self._active.dec()

    def request(self, route: str, method: str, status: int) -> None:
        """Count a request; ``route`` is a template, never a path."""
        known = method if method in _METHODS else "other"
        self._requests.labels(route, known, str(status)).inc()

    def took(self, route: str, seconds: float) -> None:
        """Note how long a request and its answer took."""
        self._duration.labels(route).observe(seconds)

    def first_token(self, priority: Priority, seconds: float) -> None:
        """Note how long a question waited for its first token."""
        self._first_token.labels(_word(priority)).observe(seconds)

    def answer(self, priority: Priority, outcome: str, seconds: float) -> None:
        """Count an answer that ended, by one of the outcomes named above."""
        self._answers.labels(_word(priority), outcome).inc()
        self._answering.labels(_word(priority)).observe(seconds)

    def generated(self, tokens: int) -> None:
        """Count tokens that were generated, whatever became of their answer."""
        self._tokens.labels("generated").inc(tokens)

    def finished(self, priority: Priority, timings: Timings) -> None:
        """Count the tokens of an answer that reached its end, but for the generated ones."""
        self._queueing.labels(_word(priority)).observe(timings.queue_ms / 1000)
        for kind, tokens in (
            ("prompt", timings.prompt_n),
            ("cached", timings.cache_n),
            ("drafted", timings.draft_n),
            ("accepted", timings.draft_n_accepted),
        ):
            self._tokens.labels(kind).inc(tokens)

    def text(self) -> bytes:
        """Return all figures as text of the type MEDIA_TYPE."""
        return generate_latest(self._registry)


def _by_priority(registry: CollectorRegistry, name: str, what: str) -> Histogram:
    return Histogram(f"spark_core_{name}", what, ("priority",), buckets=_SECONDS, registry=registry)


def _word(priority: Priority) -> str:
    return priority.name.lower()
