"""Telemetry: the figures that Prometheus fetches from a process."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

#: Seconds; the goals of the house (30, 80, 100 ms) are edges, so that a histogram can answer whether they are met.
LATENCY_EDGES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

REQUESTS = Counter("tanggap_requests", "HTTP requests answered", ("method", "route", "status"), registry=REGISTRY)
LATENCY = Histogram(
    "tanggap_request_seconds", "Server time of an HTTP request", ("method", "route"), buckets=LATENCY_EDGES, registry=REGISTRY
)
REPORTS = Counter("tanggap_reports", "Reports taken in", ("channel",), registry=REGISTRY)
FEED_CLIENTS = Gauge("tanggap_feed_clients", "Live screens connected to this process", registry=REGISTRY)
DATABASE_AWAY = Counter("tanggap_database_away", "Times this process found the database away", registry=REGISTRY)
#: Read from the database when Prometheus asks: they speak of the whole installation, whichever process answers.
WAITING = Gauge("tanggap_reports_waiting", "Reports that nobody has taken", registry=REGISTRY)
JOBS_DUE = Gauge("tanggap_jobs_due", "Jobs whose time has come and that are not done", registry=REGISTRY)
JOBS_OLDEST = Gauge("tanggap_jobs_oldest_due_seconds", "How long the oldest due job has been waiting", registry=REGISTRY)
JOBS_FAILED = Gauge("tanggap_jobs_failed", "Jobs that were given up: a person must look", registry=REGISTRY)
RECORDINGS_FREE = Gauge("tanggap_recordings_free_bytes", "Room left where calls are recorded", registry=REGISTRY)
RECORDINGS_WAITING = Gauge("tanggap_recordings_waiting", "Ended calls whose recording is not sealed yet", registry=REGISTRY)


@cache
def _of_route(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The series of one kind of answer, looked up once."""
    return REQUESTS.labels(method, route, str(status)), LATENCY.labels(method, route)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the pattern, never the path with its ids."""
    answered, latency = _of_route(method, route, status)
    answered.inc()
    latency.observe(seconds)


def exposition() -> bytes:
    """All figures of this process in Prometheus' text format (`text/plain; version=0.0.4`)."""
    return generate_latest(REGISTRY)
