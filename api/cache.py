"""Rendered catalogue answers, kept while the read models behind them stand still."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from starlette.types import Scope

from api import metrics
from api.answers import Answer
from api.services import Positions
from application.ports.clock import Clock

MOST = 4_096
LARGEST = 256 * 1024
"""Bytes of one answer."""
READ_MODELS = ("catalogue", "stock_levels", "categories", "reviews")
SEARCHED = ("search", *READ_MODELS)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the read models were when the answer was begun; equal marks mean equal answers."""

    product: UUID | None
    """None for an answer that shows many products."""
    standing: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    template: str
    mark: Mark


class AnswerCache:
    """Bounded, by path and query. A read that must have seen a position, and anybody with a token, goes past it."""

    def __init__(self, positions: Positions, clock: Clock) -> None:
        self._positions = positions
        self._clock = clock
        self._kept: OrderedDict[tuple[str, bytes], _Kept] = OrderedDict()

    def find(self, scope: Scope, given: Mapping[bytes, bytes]) -> tuple[Answer, str] | None:
        """The answer and its route's template, where it is still what would be rendered."""
        if scope["method"] != "GET":
            return None
        kept = self._kept.get((scope["path"], scope["query_string"]))
        if kept is None or not _simple(given):
            return None
        until = kept.answer.until
        if kept.mark.standing != self._standing(kept.mark.product) or (until and until <= self._clock.now()):
            return None
        metrics.CACHE_HIT.inc()
        return kept.answer, kept.template

    def mark(self, parameters: Mapping[str, str]) -> Mark:
        """Taken before the read models are read."""
        text = parameters.get("product_id", "")
        product = UUID(text) if len(text) == 36 and _is_hex(text) else None
        return Mark(product, self._standing(product))

    def keep(self, scope: Scope, given: Mapping[bytes, bytes], answer: Answer, template: str, mark: Mark) -> None:
        if answer.status != 200 or scope["method"] != "GET" or len(answer.body) > LARGEST or not _simple(given):
            return
        metrics.CACHE_MISS.inc()
        key = (scope["path"], scope["query_string"])
        self._kept[key] = _Kept(answer, template, mark)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def _standing(self, product: UUID | None) -> tuple[object, ...]:
        return self._positions.standing(SEARCHED, product)


def _simple(given: Mapping[bytes, bytes]) -> bool:
    if b"x-min-position" in given or b"authorization" in given:
        return False
    accept = given.get(b"accept")
    return accept is None or b"*/*" in accept or accept == b"application/json"


def _is_hex(text: str) -> bool:
    return all(each in "0123456789abcdefABCDEF-" for each in text)
