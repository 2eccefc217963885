"""Which routes an API process serves, where it serves some contexts only."""

from collections.abc import Iterable, Sequence

from api.routing import TillRoute

OPERATIONS = "operations"
"""Health, metrics and documentation: every process has them."""


def has(context: str, contexts: Sequence[str]) -> bool:
    """Whether a process that serves these contexts serves that one; all where no context is named."""
    return not contexts or context in contexts


def served(routes: Iterable[TillRoute], contexts: Sequence[str]) -> list[TillRoute]:
    """Those of the contexts, and the operators'; all where no context is named. A route's tag is its context."""
    if not contexts:
        return list(routes)
    kept = {OPERATIONS, *contexts}
    return [route for route in routes if kept.intersection(route.tags)]
