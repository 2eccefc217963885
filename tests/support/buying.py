"""What buyers do in a story: fill a cart, check out, pay, in every way it can go."""

from enum import Enum
from uuid import UUID

from application.ordering.cancelling import CancelOrder, cancel_order
from application.ordering.checkout import Checkout, Item, OrderKept, checkout
from application.ordering.fulfilment import AdvanceOrder, advance_order
from application.ordering.results import OrderStands
from application.payments import AttemptKept, ChargeKept, RecordCharge, StartPayment, record_charge, start_payment
from application.ports.gateway import Charge, GatewayUnavailable, Handover
from application.promotions import CreateCoupon, create_coupon
from application.shopping import AddToCart, add_to_cart
from domain.ordering.order import ORDERS, Order
from domain.ordering.progress import Status
from domain.payments.events import Method
from domain.payments.payment import PAYMENTS, Payment
from domain.promotions.coupon import COUPONS, Coupon
from domain.promotions.coupon_code import CouponCode
from domain.promotions.terms import Terms
from domain.shared.identifiers import AccountId, AddressId, CouponId, OrderId, PaymentId, ProductId, payment_of
from domain.shared.sealed import Sealed
from tests.support.accounts import ADMIN, BUYER, SELLER
from tests.support.catalogue import SHAMPOO
from tests.support.coupons import CODE, COUPON, TERMS
from tests.support.shop import POLICY
from tests.support.shopping import ORDER
from tests.support.story import Story, drive


class Crash(Enum):
    """Where the paying process ends before its time."""

    NEVER = "never"
    BEFORE_THE_CHARGE = "after the intent"
    BEFORE_THE_RECORD = "after the charge"


class Buying(Story):
    def carts(self, quantity: int = 1, *, product: ProductId = SHAMPOO, by: AccountId = BUYER) -> None:
        self.ask(lambda work: add_to_cart(AddToCart(product_id=product, quantity=quantity), work), by=by)

    def offers(self, promised: Terms = TERMS, *, code: CouponCode = CODE, by: AccountId = ADMIN) -> None:
        """There is a coupon."""
        command = CreateCoupon(code=code, terms=promised)
        self.ask(lambda work: create_coupon(command, work, policy=POLICY), by=by)

    def coupon(self, coupon_id: CouponId = COUPON) -> Coupon:
        return self.log.state(COUPONS, coupon_id)

    def checks_out(
        self,
        order_id: OrderId = ORDER,
        *,
        items: tuple[tuple[ProductId, int], ...] | None = None,
        coupon: str | None = None,
        address: Sealed | None = None,
        address_id: AddressId | None = None,
        by: AccountId = BUYER,
    ) -> OrderKept:
        named = None if items is None else tuple(Item(product_id=product, quantity=n) for product, n in items)
        command = Checkout(
            order_id=order_id, items=named, coupon_code=coupon, shipping_address=address, address_id=address_id
        )
        return self.ask(lambda work: checkout(command, work, policy=POLICY), by=by)

    def intends_to_pay(
        self,
        order_id: OrderId = ORDER,
        *,
        method: Method = Method.UPI,
        reference: str | None = None,
        by: AccountId = BUYER,
    ) -> AttemptKept:
        command = StartPayment(order_id=order_id, method=method, reference=reference)
        return self.ask(lambda work: start_payment(command, work), by=by)

    def pays(
        self,
        order_id: OrderId = ORDER,
        *,
        reference: str | None = None,
        crash: Crash = Crash.NEVER,
        by: AccountId = BUYER,
    ) -> ChargeKept | None:
        """Intent, charge, record; None where the outcome is not known yet."""
        attempt = self.intends_to_pay(order_id, reference=reference, by=by)
        assert attempt.key is not None
        if crash is Crash.BEFORE_THE_CHARGE:
            return None
        try:
            charge = drive(self.gateway.charge(key=attempt.key, amount=attempt.amount, reference=reference))
        except GatewayUnavailable:
            return None
        if crash is Crash.BEFORE_THE_RECORD or isinstance(charge, Handover):
            return None
        return self.hears_of(attempt.payment_id, charge)

    def hears_of(self, payment_id: PaymentId, charge: Charge) -> ChargeKept:
        """The provider's report is recorded."""
        command = RecordCharge(
            payment_id=payment_id,
            key=charge.key,
            status=charge.status,
            amount=charge.amount,
            transaction_id=charge.transaction_id,
            reason=charge.reason,
        )
        return self.ask_itself(lambda work: record_charge(command, work))

    def cancels(self, order_id: OrderId = ORDER, *, by: AccountId = BUYER) -> OrderStands:
        return self.ask(lambda work: cancel_order(CancelOrder(order_id=order_id, reason="No."), work), by=by)

    def moves(self, to: Status, order_id: OrderId = ORDER, *, by: AccountId = SELLER) -> OrderStands:
        return self.ask(lambda work: advance_order(AdvanceOrder(order_id=order_id, status=to), work), by=by)

    def order(self, order_id: OrderId = ORDER) -> Order:
        return self.log.state(ORDERS, order_id)

    def payment(self, order_id: OrderId = ORDER) -> Payment:
        return self.log.state(PAYMENTS, payment_of(order_id))

    def recent(self, stream: UUID, since: int) -> tuple[object, ...]:
        """What was recorded to a stream after its first `since` events."""
        return self.log.events(stream)[since:]
