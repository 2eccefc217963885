"""The shop as it opens: people, categories, goods and coupons."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial

from application.accounts.registration import RegisterAccount
from application.catalogue import ListProduct
from application.categories import AddCategory
from application.promotions import CreateCoupon
from domain.promotions.coupon_code import coupon_code
from domain.promotions.terms import Terms
from infrastructure.demo.desk import Desk
from infrastructure.demo.people import Login, account_of
from infrastructure.demo.shop import CATEGORY_RATES, Goods, Offer, category_of, goods, price_of, product_of, window_of
from infrastructure.demo.step import Step

OPENING = timedelta(days=28)
"""How long ago the demo shop opened."""
PER_PRODUCT = timedelta(minutes=10)
"""What a seller takes to list one."""
PRINTED = OPENING - timedelta(hours=8)


def registrations(people: tuple[Login, ...]) -> Iterator[Step]:
    """All at once."""
    for each in people:
        yield Step(subject=each.email, ago=OPENING, do=partial(_register, login=each))


def categories() -> Iterator[Step]:
    """From the top downwards, one level after another."""
    for path, rate in CATEGORY_RATES.items():
        ago = OPENING - timedelta(minutes=1 + path.count("/"))
        yield Step(subject=f"category {path}", ago=ago, do=partial(_add_category, path=path, rate=rate))


def listings() -> Iterator[Step]:
    """The last of them is the newest in the catalogue."""
    for number, each in enumerate(goods(), 6):
        ago = OPENING - number * PER_PRODUCT
        yield Step(subject=each.sku, ago=ago, do=partial(_list, listed=each))


def coupons(offers: tuple[Offer, ...], story: str | None = None) -> Iterator[Step]:
    """Each for its window."""
    for each in offers:
        yield Step(subject=f"coupon {each.code}", ago=PRINTED, do=partial(_offer, offer=each), story=story)


async def _register(desk: Desk, *, login: Login) -> None:
    account, email = account_of(login.email), desk.emails.normalise(login.email)
    issued = desk.vault.issue_key(account)
    command = RegisterAccount(
        account_id=account,
        email=desk.vault.seal(person=account, key=issued.key, text=email),
        email_claim=desk.emails.claim_of(email),
        full_name=desk.vault.seal(person=account, key=issued.key, text=login.name),
        role=login.role,
        password_hash=await desk.passwords.hash(login.password),
        person_key=issued.wrapped,
        name_words=desk.names.words(login.name),
    )
    await desk.submit(login.email, command)


async def _add_category(desk: Desk, *, path: str, rate: int | None) -> None:
    above, _, name = path.rpartition("/")
    parent = category_of(above) if above else None
    command = AddCategory(category_id=category_of(path), title=name, parent_id=parent, tax_rate=rate)
    await desk.submit(f"category {path}", command)


async def _list(desk: Desk, *, listed: Goods) -> None:
    command = ListProduct(
        product_id=product_of(listed.sku),
        seller_id=account_of(listed.seller),
        title=listed.title,
        description=listed.description,
        sku=listed.sku,
        attributes=listed.attributes,
        price=price_of(Decimal(listed.price), currency=desk.currency),
        discount=listed.percent_off * 100,
        quantity=listed.stock,
        threshold=listed.threshold,
        category_id=category_of(listed.category),
    )
    await desk.submit(listed.sku, command)


async def _offer(desk: Desk, *, offer: Offer) -> None:
    valid_from, valid_to = window_of(offer, desk.clock.today)
    terms = Terms(
        percentage=offer.percent_off * 100,
        seller_id=None if offer.seller is None else account_of(offer.seller),
        valid_from=valid_from,
        valid_to=valid_to,
        usage_limit=offer.usage_limit,
        per_customer_limit=offer.per_customer_limit,
        minimum=None if offer.minimum is None else price_of(Decimal(offer.minimum), currency=desk.currency),
    )
    await desk.submit(f"coupon {offer.code}", CreateCoupon(code=coupon_code(offer.code), terms=terms))
