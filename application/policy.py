"""What the shop's owner decides once, for every decision to follow."""

from datetime import timedelta

import msgspec


class ShopPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Passed into the handlers that need it by the table in `infrastructure/bootstrap/tables.py`."""

    currency: str
    """ISO 4217; the store's only currency."""
    tax_rate: int
    """Basis points, 1,800 = 18 %."""
    tax_inclusive: bool
    payment_window: timedelta
    auto_advance: timedelta | None = None
    """How long an order stands still before the demo's warehouse takes a step with it; None has nobody do so."""
    low_stock_threshold: int = 5
    """Units; of a product whose seller has set none."""
    report_retention: timedelta = timedelta(days=30)
    """How long the files of reports are kept."""
