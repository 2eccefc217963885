"""The only place where a refusal meets a status code."""

from typing import Final

import psycopg

from api.problems import Problem, later
from application.access import VersionMismatch
from application.accounts.closing import ProductsForSale, UndeliveredOrders
from application.deliveries import DeliveryNotUnderstood, SignatureInvalid, SignatureStale
from application.ports.commands import ExecutionFailed, KeyReused, NotExecuted, Outcome, OutcomeUnknown, RefusalNote
from application.ports.images import ImageNotAccepted, ImagesBusy, ImageStoreUnavailable
from application.ports.security import PasswordsBusy
from domain.accounts.address_book import AddressBookFull, UnknownAddress
from domain.accounts.challenge import TokenNotValid
from domain.accounts.contact import OtpNotValid, OtpWrong
from domain.accounts.email_claim import EmailNotHeld, EmailTaken
from domain.accounts.password import PasswordSuperseded, PasswordWrong
from domain.accounts.session import SessionOver
from domain.accounts.standing import AccountInClosing, ClosingOver
from domain.catalogue.categories import (
    CategoryInsideItself,
    CategoryIsClosing,
    CategoryNameTaken,
    CategoryNotEmpty,
    CategoryTooDeep,
    TaxRateOutOfRange,
    TooManyCategories,
    UnknownCategory,
)
from domain.catalogue.images import TooManyImages, UnknownImage
from domain.catalogue.product import DiscountOutOfRange, ProductNotAvailable, TooManyAttributes
from domain.catalogue.review import NotDelivered, RatingOutOfRange, ReviewTakenDown
from domain.catalogue.sales import SalePercentageOutOfRange, SalesOverlap, SaleWindowInvalid, TooManySales
from domain.inventory.stock import AlreadyReserved, InsufficientStock, StockBelowReserved, StockOutOfRange
from domain.operations.job import JobNotWithdrawable, JobNotYet, JobOver, JobRunning
from domain.ordering.hiding import OrderNotDeletable
from domain.ordering.order import (
    OrderNotPayable,
    PaymentWindowClosed,
)
from domain.ordering.placing import OrderEmpty, TooManyLines
from domain.ordering.progress import OrderNotAdvanceable, OrderNotCancellable
from domain.payments.attempt import AttemptsExhausted, NothingToRetry, PaymentInFlight, UnknownAttempt
from domain.payments.ledger import ChargeContradicted, NothingToRefund, RefundExceedsPayment, UnknownRefund
from domain.payments.payment import PaymentSettled
from domain.promotions.coupon import CouponAlreadyRedeemed, CouponCodeTaken, CouponUnknown
from domain.promotions.coupon_code import CouponCodeInvalid
from domain.promotions.pricing import DiscountTooLarge
from domain.promotions.terms import (
    CouponExhausted,
    CouponExpired,
    CouponInactive,
    CouponLimitOutOfRange,
    CouponMinimumNotMet,
    CouponNotApplicable,
    CouponNotYetValid,
    CouponPercentageOutOfRange,
    CouponUsedUp,
    CouponWindowEmpty,
)
from domain.reporting.report import ReportOver, ReportSpanEmpty
from domain.shared.money import CurrencyMismatch, NotAnAmount, UnknownCurrency
from domain.shared.quantity import QuantityOutOfRange
from domain.shared.refusal import AlreadyExists, Forbidden, NotFound, Refusal
from domain.shopping.cart import CartEmpty, CartFull, CartTotalOutOfRange
from domain.shopping.wishlist import WishlistFull
from domain.webhooks.target import WebhookUrlRefused

STATUSES: Final[dict[type[Refusal], int]] = {
    SignatureInvalid: 400,
    SignatureStale: 400,
    SessionOver: 401,
    Forbidden: 403,
    PasswordWrong: 403,
    NotFound: 404,
    CouponUnknown: 404,
    UnknownAttempt: 404,
    UnknownImage: 404,
    UnknownRefund: 404,
    VersionMismatch: 412,
    # Malformed, as the domain sees it.
    CouponCodeInvalid: 422,
    CouponLimitOutOfRange: 422,
    CouponPercentageOutOfRange: 422,
    CouponWindowEmpty: 422,
    CurrencyMismatch: 422,
    DeliveryNotUnderstood: 422,
    DiscountOutOfRange: 422,
    ImageNotAccepted: 422,
    TooManyAttributes: 422,
    NotAnAmount: 422,
    OrderEmpty: 422,
    QuantityOutOfRange: 422,
    RatingOutOfRange: 422,
    ReportSpanEmpty: 422,
    SalePercentageOutOfRange: 422,
    SaleWindowInvalid: 422,
    StockOutOfRange: 422,
    TaxRateOutOfRange: 422,
    TooManyLines: 422,
    UnknownAddress: 422,
    UnknownCategory: 422,
    UnknownCurrency: 422,
    WebhookUrlRefused: 422,
    # Refused by a rule, or by what happened meanwhile.
    AccountInClosing: 409,
    AddressBookFull: 409,
    AlreadyExists: 409,
    AlreadyReserved: 409,
    AttemptsExhausted: 409,
    CartEmpty: 409,
    CartFull: 409,
    CartTotalOutOfRange: 409,
    CategoryInsideItself: 409,
    CategoryIsClosing: 409,
    CategoryNameTaken: 409,
    CategoryNotEmpty: 409,
    CategoryTooDeep: 409,
    ChargeContradicted: 409,
    ClosingOver: 409,
    CouponAlreadyRedeemed: 409,
    CouponCodeTaken: 409,
    CouponExhausted: 409,
    CouponExpired: 409,
    CouponInactive: 409,
    CouponMinimumNotMet: 409,
    CouponNotApplicable: 409,
    CouponNotYetValid: 409,
    CouponUsedUp: 409,
    DiscountTooLarge: 409,
    EmailNotHeld: 409,
    EmailTaken: 409,
    InsufficientStock: 409,
    JobNotWithdrawable: 409,
    JobNotYet: 409,
    JobOver: 409,
    JobRunning: 409,
    NotDelivered: 409,
    NothingToRefund: 409,
    NothingToRetry: 409,
    OrderNotAdvanceable: 409,
    OrderNotCancellable: 409,
    OrderNotDeletable: 409,
    OrderNotPayable: 409,
    OtpNotValid: 409,
    OtpWrong: 409,
    PasswordSuperseded: 409,
    PaymentInFlight: 409,
    PaymentSettled: 409,
    PaymentWindowClosed: 409,
    ProductNotAvailable: 409,
    ProductsForSale: 409,
    RefundExceedsPayment: 409,
    ReportOver: 409,
    ReviewTakenDown: 409,
    SalesOverlap: 409,
    StockBelowReserved: 409,
    UndeliveredOrders: 409,
    WishlistFull: 409,
    TooManyCategories: 409,
    TooManySales: 409,
    TokenNotValid: 409,
    TooManyImages: 409,
}
_BY_CODE: Final = {refusal.code: status for refusal, status in STATUSES.items()}


def status_of(code: str) -> int:
    """409 for the code of a refusal that only older code knew."""
    return _BY_CODE.get(code, 409)


def raise_refusal(outcome: Outcome) -> None:
    """Ends the request where the command was refused; a stored refusal is answered again, and says so."""
    if outcome.refusal is not None:
        replayed = [(b"idempotent-replayed", b"true")] if outcome.replayed else []
        raise _problem(outcome.refusal, replayed)


def from_refusal(refusal: Refusal) -> Problem:
    """For a refusal that was raised outside a command."""
    return _problem(RefusalNote(refusal.code, refusal.detail, refusal.violations), [])


def _problem(note: RefusalNote, headers: list[tuple[bytes, bytes]]) -> Problem:
    status = status_of(note.code)
    if status == 401:
        headers = [*headers, (b"www-authenticate", b'Bearer realm="tillstream", error="invalid_token"')]
    return Problem(status, note.code, note.detail, errors=note.violations, headers=headers)


def from_fault(error: Exception, *, executed: bool) -> Problem | None:
    """The problem that a failure of the ports stands for; None where it is our own fault.

    `executed` says that a command of the request was carried out, so that nobody is told otherwise.
    """
    match error:
        case NotExecuted() | PasswordsBusy() | psycopg.OperationalError() if executed:
            return _unknown()
        case psycopg.OperationalError():
            return later("unavailable", "The data cannot be reached right now; nothing was executed.")
        case Problem():
            return error
        case Refusal():
            return from_refusal(error)
        case KeyReused():
            return Problem(422, "idempotency-key-reused", "This Idempotency-Key was used for another request.")
        case NotExecuted():
            return later("overloaded", "The shop is busy; nothing was executed.")
        case ImagesBusy():
            return later("overloaded", "Too many images are being worked on; nothing was executed.")
        case ImageStoreUnavailable():
            return later("unavailable", "The images cannot be reached right now; nothing was executed.")
        case PasswordsBusy():
            return later("overloaded", "Too many passwords are being checked; nothing was executed.")
        case OutcomeUnknown():
            return _unknown()
        case ExecutionFailed():
            return internal()
        case _:
            return None


def _unknown() -> Problem:
    detail = "The request may have been executed, or a part of it. The same Idempotency-Key will tell."
    return Problem(504, "outcome-unknown", detail, headers=[(b"retry-after", b"1")])


def internal() -> Problem:
    """Says nothing of the cause, which is in the log under the request's id."""
    return Problem(500, "internal-error", "Something went wrong here. The log knows it by the requestId.")
