"""How many units of one product a line may ask for."""

from domain.shared.refusal import Refusal

MAX_QUANTITY = 10_000


class QuantityOutOfRange(Refusal):
    """A line holds 1 to 10,000 units."""

    code = "quantity-out-of-range"


def require_quantity(quantity: int) -> None:
    """Raises QuantityOutOfRange."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise QuantityOutOfRange(f"A quantity is 1 to {MAX_QUANTITY:,}.")
