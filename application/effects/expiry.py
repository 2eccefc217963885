"""An order that expires while money may be on its way: the provider is asked first."""

import msgspec

from application.deliveries import reported
from application.effects.effect import EffectPorts, require_recorded
from application.ordering.cancelling import ExpireOrder, ExpiryKept
from domain.payments.attempt import MAX_ATTEMPTS


class AttemptStaysOpen(Exception):
    """An attempt is open still, though the provider was asked to void it; it may be asked again later."""


async def expire_when_settled(command: ExpireOrder, ports: EffectPorts) -> None:
    """Expires the order. An attempt that is open is voided at the provider first, or turns out to have paid.

    A refusal is no fault: the order was paid or cancelled meanwhile. Raises EffectRefused, AttemptStaysOpen.
    """
    outcome = await ports.submit(command, "expire")
    for _ in range(MAX_ATTEMPTS):
        if outcome.result is None:
            return
        attempt = msgspec.json.decode(outcome.result, type=ExpiryKept).open_attempt
        if attempt is None:
            return
        charge = await ports.gateway.void(attempt.key, attempt.amount)
        require_recorded(await ports.submit(reported(attempt.payment_id, charge), f"record:{attempt.key}"))
        outcome = await ports.submit(command, f"expire-after:{attempt.key}")
    raise AttemptStaysOpen(f"order {command.order_id}")
