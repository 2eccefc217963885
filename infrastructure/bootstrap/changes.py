"""What API processes keep of read models, as a table."""

from collections.abc import Mapping

from infrastructure.runner.changes import ChangesSince
from projections.catalogue import CATALOGUE, changed_products
from projections.categories import CATEGORIES, changed_categories
from projections.reviews import REVIEWS, changed_ratings
from projections.search import SEARCH, changed_documents
from projections.stock_levels import STOCK_LEVELS, changed_levels

CHANGES: Mapping[str, ChangesSince] = {
    CATALOGUE.name: changed_products,
    CATEGORIES.name: changed_categories,
    STOCK_LEVELS.name: changed_levels,
    SEARCH.name: changed_documents,
    REVIEWS.name: changed_ratings,
}
"""The read models whose rendered answers API processes keep, and how they learn what changed."""
