"""How a payment stands."""

from enum import StrEnum


class Status(StrEnum):
    REQUESTED = "requested"
    PENDING = "pending"
    """An attempt is open, or it is paid at the door."""
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"
    CANCELLED = "cancelled"
