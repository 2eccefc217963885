"""Paying: the intent is committed, then the provider is asked, then what it said is recorded."""

import asyncio
from uuid import UUID, uuid5

from api.answers import Answer, created, etag, json_answer
from api.call import Call
from api.fields import Amount, Body, MethodWord, Reason, Reference
from api.positions import catch_up
from api.problems import not_found
from api.routers.payment_schemas import PaymentAnswer, PaymentView, RefundView, answered, pending, shown
from api.routing import Operation, Resource
from application.deliveries import SignatureInvalid, reported
from application.payments import (
    AttemptKept,
    ChargeKept,
    RefundKept,
    RequestRefund,
    RetryPayment,
    StartPayment,
)
from application.ports.gateway import Charge, ChargeUnproven, GatewayUnavailable, Handover
from domain.accounts.events import Role
from domain.ordering.order import OrderNotPayable, PaymentWindowClosed
from domain.payments.attempt import AttemptsExhausted, NothingToRetry, PaymentInFlight
from domain.payments.ledger import NothingToRefund, RefundExceedsPayment
from domain.payments.payment import PaymentSettled
from domain.shared.actor import Actor
from domain.shared.identifiers import OrderId, PaymentId, RefundId
from domain.shared.refusal import NotFound
from projections.payment_queries import payment

RESOURCE = Resource("/api/v1/payments", "payments")
GATEWAY_SECONDS = 5.0
DESK = Actor.system("payments")
REFUSALS = (NotFound, OrderNotPayable, PaymentWindowClosed, PaymentSettled, PaymentInFlight, AttemptsExhausted)
EXAMPLE = {"orderId": "1d3f6c1a-6c2c-5d62-93f3-0a7d1b1c5f11", "method": "UPI", "transactionId": "txn_42"}
EXAMPLE_ANSWER = {"status": "success", "orderStatus": "processing", "attempt": 1, "message": "Paid."}


class PaymentForm(Body):
    order_id: UUID
    method: MethodWord
    transaction_id: Reference | None = None
    signature: Reference | None = None
    """The provider's, where the customer has paid in its checkout."""


class RetryForm(Body):
    method: MethodWord | None = None
    transaction_id: Reference | None = None


class RefundForm(Body):
    """Without an amount, all that is left."""

    amount: Amount | None = None
    reason: Reason


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Pay for an order",
        answer=PaymentAnswer,
        status=201,
        roles=(Role.BUYER,),
        refusals=(*REFUSALS, SignatureInvalid),
        examples={"request": EXAMPLE, "response": EXAMPLE_ANSWER},
    ),
)
async def pay(call: Call, body: PaymentForm) -> Answer:
    command = StartPayment(
        order_id=OrderId(body.order_id),
        method=body.method,
        reference=body.transaction_id,
        resumes=call.services.gateway.hands_over,
    )
    kept = await call.done(command, AttemptKept)
    return await _settle(call, kept, reference=body.transaction_id, proof=body.signature)


@RESOURCE.route(
    "POST",
    "/{payment_id}/retry",
    Operation(
        summary="Try again after a decline",
        answer=PaymentAnswer,
        status=201,
        roles=(Role.BUYER,),
        refusals=(*REFUSALS, NothingToRetry),
        examples={"request": {"method": "CARD", "transactionId": "txn_43"}, "response": EXAMPLE_ANSWER},
    ),
)
async def retry(call: Call, payment_id: PaymentId, body: RetryForm) -> Answer:
    command = RetryPayment(payment_id=payment_id, method=body.method, reference=body.transaction_id)
    return await _settle(call, await call.done(command, AttemptKept), reference=body.transaction_id, proof=None)


@RESOURCE.route("GET", "/{payment_id}", Operation(summary="One payment", answer=PaymentView))
async def get_payment(call: Call, payment_id: PaymentId) -> Answer:
    await catch_up(call, "order_history")
    schema = call.schema("order_history")
    async with call.services.pool.connection() as connection:
        row = await payment(connection, payment_id, orders=schema)
    caller = call.account
    if row is None or (caller.role is not Role.ADMIN and row.buyer_id != caller.account):
        raise not_found("There is no such payment.")
    return json_answer(shown(row), headers=etag(row.version))


@RESOURCE.route(
    "POST",
    "/{payment_id}/refunds",
    Operation(
        summary="Give money back",
        answer=RefundView,
        status=201,
        roles=(Role.SELLER, Role.ADMIN),
        refusals=(NothingToRefund, RefundExceedsPayment),
        examples={"request": {"amount": 100.00, "reason": "Dented."}},
    ),
)
async def refund(call: Call, payment_id: PaymentId, body: RefundForm) -> Answer:
    refund_id = RefundId(call.new_id("refund"))
    command = RequestRefund(payment_id=payment_id, refund_id=refund_id, amount=body.amount, reason=body.reason)
    kept = await call.done(command, RefundKept)
    view = RefundView(
        id=kept.refund_id,
        payment_id=kept.payment_id,
        amount=kept.amount.major(),
        currency=kept.amount.currency,
        status=kept.status,
        reason=kept.reason,
    )
    return created(view, location=f"/api/v1/payments/{payment_id}")


async def _settle(call: Call, attempt: AttemptKept, *, reference: str | None, proof: str | None) -> Answer:
    """Asked by key and recorded under an id of that key, so that a repeat gives the same answer and takes nothing."""
    made = None if attempt.key is None else await _charge(call, attempt, attempt.key, reference, proof)
    if isinstance(made, Charge):
        record, command_id = reported(attempt.payment_id, made), uuid5(made.key, "outcome")
        view = answered(attempt, await call.follow_up(record, ChargeKept, command_id=command_id, actor=DESK))
    else:
        view = pending(attempt, made)
    return created(view, location=f"/api/v1/payments/{attempt.payment_id}")


async def _charge(
    call: Call, attempt: AttemptKept, key: UUID, reference: str | None, proof: str | None
) -> Charge | Handover | None:
    """None where the provider does not answer now: then the outcome is asked for by key later."""
    gateway = call.services.gateway
    try:
        async with asyncio.timeout(GATEWAY_SECONDS):
            return await gateway.charge(key=key, amount=attempt.amount, reference=reference, proof=proof)
    except ChargeUnproven as unproven:
        raise SignatureInvalid(str(unproven)) from unproven
    except (GatewayUnavailable, TimeoutError):
        return None
