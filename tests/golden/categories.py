"""What the golden files of the category tree say."""

from uuid import UUID

from domain.catalogue.category_events import (
    CategoryAdded,
    CategoryClosing,
    CategoryMoved,
    CategoryRemoved,
    CategoryRenamed,
    CategoryReopened,
    CategoryTaxRateSet,
)
from domain.shared.event import Event
from domain.shared.identifiers import CategoryId
from tests.golden.customers import AT

CATEGORY = CategoryId(UUID("ca700000-0000-5000-8000-00000000000c"))
PARENT = CategoryId(UUID("ca700000-0000-5000-8000-00000000000d"))

CATEGORIES: tuple[Event, ...] = (
    CategoryAdded(
        category_id=CATEGORY, name="Caf\N{LATIN SMALL LETTER E WITH ACUTE}", parent_id=None, tax_rate=1_250, at=AT
    ),
    CategoryRenamed(category_id=CATEGORY, name="Tea & coffee", at=AT),
    CategoryMoved(category_id=CATEGORY, parent_id=PARENT, at=AT),
    CategoryTaxRateSet(category_id=CATEGORY, tax_rate=None, at=AT),
    CategoryClosing(category_id=CATEGORY, closing=UUID("c0000000-0000-5000-8000-00000000000e"), at=AT),
    CategoryReopened(category_id=CATEGORY, at=AT),
    CategoryRemoved(category_id=CATEGORY, at=AT),
)
