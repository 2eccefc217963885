"""The only time there is in tests."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LONG_AGO, FAR_AWAY = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
"""For what holds whatever a real clock says."""
