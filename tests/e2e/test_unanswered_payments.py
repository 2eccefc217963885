"""A payment whose answer is lost is asked for by its key until it is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.caller import Caller
from tests.support.system import eventually


def test_the_outcome_is_found_out_and_the_order_goes_ahead(
    unanswered: tuple[Caller, Sequence[Mapping[str, Any]]],
) -> None:
    buyer, orders = unanswered

    def statuses() -> bool:
        seen = [buyer.get(f"/orders/{order['orderId']}").expect(200)["status"] for order in orders]
        return seen == ["processing", "processing"]

    eventually("both outcomes", statuses, seconds=60)
    for order in orders:
        payment = buyer.get(f"/payments/{order['paymentId']}").expect(200)
        assert (payment["status"], len(payment["attempts"])) == ("succeeded", 1)
