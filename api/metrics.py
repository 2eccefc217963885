"""What the API counts, for Prometheus."""

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "till_http_request_seconds",
    "Time to answer, by route and status; its count is that of the requests.",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5),
)
CACHE = Counter("till_http_cache_total", "Catalogue answers from memory, or rendered.", ["outcome"])
LIMITS_ALONE = Gauge(
    "till_rate_limits_alone",
    "1 while Redis does not answer and this process counts its requests alone.",
    multiprocess_mode="livemax",
)
LIMITS_COUNTED_ALONE = Counter(
    "till_rate_limits_counted_alone_total", "Requests that were counted in one process because Redis did not answer."
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

CACHE_HIT = CACHE.labels("hit")
CACHE_MISS = CACHE.labels("miss")


@lru_cache(maxsize=2_000)
def _series(method: str, route: str, status: int) -> Histogram:
    return REQUESTS.labels(method, route, str(status))


def answered(*, method: str, route: str, status: int, seconds: float) -> None:
    """`route` is the template, so that identifiers do not become labels."""
    _series(method if method in METHODS else "OTHER", route, status).observe(seconds)
