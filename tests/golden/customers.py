"""What the golden files of accounts, sessions and carts say."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain.accounts.address_events import (
    AddressAdded,
    AddressBookOpened,
    AddressRemoved,
    AddressReplaced,
    DefaultAddressChosen,
)
from domain.accounts.events import (
    AccountClosing,
    AccountDeleted,
    AccountRegistered,
    AccountRenamed,
    AccountReopened,
    AllSessionsRevoked,
    EmailClaimed,
    EmailReleased,
    EmailReplaced,
    EmailVerified,
    OtherSessionsRevoked,
    PasswordReplaced,
    PasswordReset,
    PasswordResetRequested,
    PhoneGiven,
    PhoneGuessMissed,
    PhoneVerified,
    PromotionsOptedIn,
    PromotionsOptedOut,
    RevocationReason,
    Role,
    RoleGranted,
    SessionRefreshed,
    SessionRevoked,
    SessionStarted,
    VerificationRequested,
)
from domain.accounts.key_events import ApiKeyIssued, ApiKeyRevoked
from domain.shared.event import Event
from domain.shared.identifiers import (
    AccountId,
    AddressId,
    ApiKeyId,
    CartId,
    ChallengeId,
    ClaimId,
    OrderId,
    ProductId,
    SessionId,
    address_book_of,
    wishlist_of,
)
from domain.shared.money import Money
from domain.shared.sealed import Sealed
from domain.shopping.events import (
    CartCheckedOut,
    CartCleared,
    CartItemPut,
    CartItemRemoved,
    CartOpened,
    CartRestored,
    DroppedItem,
    RestoredItem,
    WishAdded,
    WishlistOpened,
    WishRemoved,
)

AT = datetime(2026, 11, 21, 12, 30, 15, 250_000, tzinfo=UTC)
ACCOUNT = AccountId(UUID("a0000000-0000-4000-8000-000000000001"))
CLAIM = ClaimId(UUID("c1000000-0000-5000-8000-000000000002"))
SESSION = SessionId(UUID("50000000-0000-4000-8000-000000000003"))
CART = CartId(UUID("ca000000-0000-5000-8000-000000000004"))
PRODUCT = ProductId(UUID("b0000000-0000-4000-8000-000000000005"))
OTHER_PRODUCT = ProductId(UUID("b0000000-0000-4000-8000-000000000006"))
ORDER = OrderId(UUID("0d000000-0000-4000-8000-000000000007"))
CLOSING = UUID("cd000000-0000-4000-8000-000000000008")
API_KEY = ApiKeyId(UUID("a9000000-0000-4000-8000-00000000000c"))
EMAIL = Sealed(person=ACCOUNT, box="ZW1haWwgaW4gYSBib3g")
CHALLENGE = ChallengeId(UUID("c4000000-0000-5000-8000-00000000000c"))
ADDRESS = AddressId(UUID("ad000000-0000-4000-8000-00000000000d"))
HOME = Sealed(person=ACCOUNT, box="aG9tZSBpbiBhIGJveA")
PHONE = Sealed(person=ACCOUNT, box="cGhvbmUgaW4gYSBib3g")
NAME = Sealed(person=ACCOUNT, box="bmFtZSBpbiBhIGJveA")
PRICE = Money(87_500, "INR")

CUSTOMERS: tuple[Event, ...] = (
    AccountRegistered(account_id=ACCOUNT, email=EMAIL, email_claim=CLAIM, name=NAME, role=Role.SELLER, at=AT),
    AccountRenamed(name=NAME),
    PromotionsOptedIn(),
    PromotionsOptedOut(),
    AllSessionsRevoked(at=AT),
    RoleGranted(role=Role.ADMIN, at=AT),
    EmailReplaced(email=EMAIL, email_claim=CLAIM, at=AT),
    AccountClosing(account_id=ACCOUNT, closing=CLOSING, at=AT),
    AccountReopened(account_id=ACCOUNT, closing=CLOSING, at=AT),
    AccountDeleted(account_id=ACCOUNT, closing=CLOSING, at=AT),
    OtherSessionsRevoked(kept=SESSION, at=AT),
    VerificationRequested(
        account_id=ACCOUNT, challenge_id=CHALLENGE, email_claim=CLAIM, expires_at=AT + timedelta(days=1), at=AT
    ),
    EmailVerified(email_claim=CLAIM, at=AT),
    PhoneGiven(account_id=ACCOUNT, challenge_id=CHALLENGE, phone=PHONE, expires_at=AT + timedelta(minutes=10), at=AT),
    PhoneGuessMissed(challenge_id=CHALLENGE, at=AT),
    PhoneVerified(challenge_id=CHALLENGE, at=AT),
    PasswordResetRequested(
        account_id=ACCOUNT, challenge_id=CHALLENGE, email_claim=CLAIM, expires_at=AT + timedelta(hours=1), at=AT
    ),
    PasswordReset(challenge_id=CHALLENGE, at=AT),
    PasswordReplaced(at=AT),
    AddressBookOpened(address_book_id=address_book_of(ACCOUNT), account_id=ACCOUNT, at=AT),
    AddressAdded(address_id=ADDRESS, address=HOME, at=AT),
    AddressReplaced(address_id=ADDRESS, address=HOME, at=AT),
    AddressRemoved(address_id=ADDRESS, at=AT),
    DefaultAddressChosen(address_id=ADDRESS, at=AT),
    EmailClaimed(claim_id=CLAIM, account_id=ACCOUNT),
    EmailReleased(account_id=ACCOUNT),
    SessionStarted(session_id=SESSION, account_id=ACCOUNT, client="b1ff", at=AT, expires_at=AT + timedelta(days=7)),
    SessionRefreshed(generation=3, client="b1ff", at=AT, expires_at=AT + timedelta(days=7)),
    SessionRevoked(reason=RevocationReason.REUSE, at=AT),
    ApiKeyIssued(key_id=API_KEY, issuer_id=ACCOUNT, name="Nightly export", at=AT),
    ApiKeyRevoked(key_id=API_KEY, at=AT),
    CartOpened(cart_id=CART, buyer_id=ACCOUNT, at=AT),
    CartItemPut(product_id=PRODUCT, quantity=3, price=PRICE),
    CartItemRemoved(product_id=PRODUCT),
    CartCleared(),
    CartCheckedOut(order_id=ORDER),
    CartRestored(
        order_id=ORDER,
        items=(RestoredItem(product_id=PRODUCT, quantity=10_000, price=PRICE),),
        dropped=(DroppedItem(product_id=PRODUCT, quantity=2), DroppedItem(product_id=OTHER_PRODUCT, quantity=1)),
    ),
    WishlistOpened(wishlist_id=wishlist_of(ACCOUNT), buyer_id=ACCOUNT, at=AT),
    WishAdded(product_id=PRODUCT, at=AT),
    WishRemoved(product_id=PRODUCT, at=AT),
)
