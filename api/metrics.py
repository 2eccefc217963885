"""What the API counts, for Prometheus."""

from functools import lru_cache

from prometheus_client import Counter, Histogram

REQUESTS = Counter("till_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "till_http_request_seconds",
    "Time to answer, by route.",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5),
)
CACHE = Counter("till_http_cache_total", "Catalogue answers from memory, or rendered.", ["outcome"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

CACHE_HIT = CACHE.labels("hit")
CACHE_MISS = CACHE.labels("miss")


@lru_cache(maxsize=2_000)
def _counter(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=500)
def _histogram(method: str, route: str) -> Histogram:
    return SECONDS.labels(method, route)


def answered(*, method: str, route: str, status: int, seconds: float) -> None:
    """`route` is the template, so that identifiers do not become labels."""
    named = method if method in METHODS else "OTHER"
    _counter(named, route, status).inc()
    _histogram(named, route).observe(seconds)
