"""Deleting an account, whoever asks for it: the two steps, as one request."""

from datetime import timedelta
from uuid import uuid5

from api.answers import Answer, no_content
from api.call import Call
from application.accounts.closing import CloseAccount, ClosingEnded, ClosingKept, EndClosing, require_deleted
from application.ports.open_orders import OrdersNotKnown
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId

PATIENCE = timedelta(seconds=2)
"""What the read model of orders is given to see the closing."""
LATER = ((202, "", None),)
"""What else such a request may be answered with."""
ACTOR = Actor.system("closing-accounts")


async def delete_account(call: Call, account: AccountId) -> Answer:
    """204; 202 where it takes longer than a request may: the account is closed, and the shop ends it by itself.

    Raises UndeliveredOrders and ProductsForSale, where the account was reopened.
    """
    kept = await call.done(CloseAccount(account_id=account, expected_version=call.expected_version()), ClosingKept)
    try:
        undelivered = await call.services.open_orders.of(account, patience=PATIENCE)
        for_sale = await call.services.open_orders.for_sale(account, patience=PATIENCE)
    except OrdersNotKnown:
        return Answer(202, b"")
    end = EndClosing(account_id=account, closing=kept.closing, undelivered=undelivered, for_sale=for_sale)
    command_id = uuid5(call.command_id(), "end-closing")
    require_deleted(await call.follow_up(end, ClosingEnded, command_id=command_id, actor=ACTOR))
    call.services.vault.forget(account)
    return no_content()
