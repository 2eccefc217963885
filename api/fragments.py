"""Products as they stand in answers, encoded once and kept while nothing has changed them."""

from collections.abc import Iterable

from api.answers import encode
from api.product_schemas import shown
from projections.catalogue_lists import Listed
from projections.catalogue_queries import ProductRow
from projections.catalogue_tables import Tables

MOST_BYTES = 32 * 1024 * 1024


Fragment = tuple[Listed, bytes]
"""The events and the stretch of time that are shown, and the product as it is sent."""


class Fragments:
    """Bounded; the one kept longest goes first. A fragment is given only for the events and prices it shows."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._tables: Tables | None = None
        self._kept: dict[Listed, bytes] = {}

    def find(self, tables: Tables, products: Iterable[Listed]) -> list[bytes | None]:
        """One for each product, None where it is not kept."""
        kept = self._kept if tables == self._tables else {}
        return [*map(kept.get, products)]

    def keep(self, tables: Tables, row: ProductRow) -> Fragment:
        if tables != self._tables:
            self._tables, self._kept, self._bytes = tables, {}, 0
        listed, fragment = row.listed, encode(shown(row))
        self._bytes += len(fragment) - len(self._kept.get(listed, b""))
        self._kept[listed] = fragment
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= len(self._kept.pop(next(iter(self._kept))))
        return listed, fragment
