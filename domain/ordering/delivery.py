"""What was delivered of an order."""

from domain.ordering.order import Order
from domain.ordering.progress import Status
from domain.shared.identifiers import ProductId


def was_delivered(order: Order, product_id: ProductId) -> bool:
    """Whether the order holds the product, in lines that have arrived."""
    sellers = {line.seller_id for line in order.placed.lines if line.product_id == product_id}
    return any(order.progress.parts[seller] is Status.DELIVERED for seller in sellers)
