"""Telemetry: the figures that Prometheus fetches from a process."""

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
FEED_LAG = Histogram(
    "tanggap_feed_lag_seconds", "From a timeline entry to its delivery to live screens", buckets=LATENCY_EDGES, registry=REGISTRY
)
FEED_CLIENTS = Gauge("tanggap_feed_clients", "Live screens connected to this process", registry=REGISTRY)
JOBS = Counter("tanggap_jobs", "Jobs by outcome", ("name", "outcome"), registry=REGISTRY)
PERIODIC_RUNS = Counter("tanggap_periodic_runs", "Runs of a periodic task by outcome", ("name", "outcome"), registry=REGISTRY)
DATABASE_AWAY = Counter("tanggap_database_away", "Requests that found the database away", registry=REGISTRY)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request; `route` is the pattern, never the path with its ids."""
    REQUESTS.labels(method, route, str(status)).inc()
    LATENCY.labels(method, route).observe(seconds)


def exposition() -> bytes:
    """All figures of this process in Prometheus' text format (`text/plain; version=0.0.4`)."""
    return generate_latest(REGISTRY)
