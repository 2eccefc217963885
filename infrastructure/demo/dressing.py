"""What makes the shop believable before anybody buys: pictures, sales, homes, wishes and carts."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import msgspec

from application.accounts.addresses import AddAddress
from application.ports.images import Form, ImageKey
from application.product_images import AddProductImages
from application.promotions import SwitchCoupon
from application.sales import ScheduleSale
from application.shopping import AddToCart
from application.wishlist import AddWish
from domain.catalogue.images import Image
from domain.promotions.coupon_code import coupon_code, coupon_of
from domain.shared.actor import Actor
from domain.shared.identifiers import AddressId, ImageId, derived
from infrastructure.demo.desk import Desk
from infrastructure.demo.people import CARTS, HOMES, WISHES, Home, account_named, account_of
from infrastructure.demo.pictures import VIEWS, drawn
from infrastructure.demo.shop import LATER_OFFERS, REDUCTIONS, Goods, Offer, Reduction, goods, product_of
from infrastructure.demo.step import Step

HUNG_UP, MOVED_IN, WISHED, CARTED = (timedelta(days=days) for days in (27.5, 27.4, 10, 0.125))
TWICE = 5
"""Every so manieth product has a second picture."""


def pictures() -> Iterator[Step]:
    """Made anew by the same hand as those that sellers send."""
    for number, each in enumerate(goods()):
        views = VIEWS if number % TWICE == 0 else 1
        subject = f"pictures of {each.sku}"
        yield Step(subject=subject, ago=HUNG_UP, do=partial(_show, listed=each, views=views), story=subject)


def reductions() -> Iterator[Step]:
    """Sales that are over, running and to come."""
    for each in REDUCTIONS:
        subject = f"sale of {each.sku}"
        ago = timedelta(days=-each.announced)
        yield Step(subject=subject, ago=ago, do=partial(_reduce, reduction=each), story=subject)


def switches() -> Iterator[Step]:
    """Coupons that are valid no more because somebody said so."""
    for each in LATER_OFFERS:
        if each.switched_off is not None:
            subject = f"coupon {each.code} off"
            ago = timedelta(days=-each.switched_off)
            yield Step(subject=subject, ago=ago, do=partial(_switch_off, offer=each), story=subject)


def homes() -> Iterator[Step]:
    for buyer, addresses in HOMES.items():
        for number, home in enumerate(addresses, 1):
            subject = f"address {number} of {buyer}"
            do = partial(_move_in, subject=subject, buyer=buyer, home=home)
            ago = MOVED_IN - number * timedelta(minutes=1)
            yield Step(subject=subject, ago=ago, do=do, story=subject)


def wishes() -> Iterator[Step]:
    for buyer, skus in WISHES.items():
        for number, sku in enumerate(skus):
            subject = f"{buyer} wishes for {sku}"
            ago = WISHED - number * timedelta(hours=3)
            yield Step(
                subject=subject, ago=ago, do=partial(_wish, subject=subject, buyer=buyer, sku=sku), story=subject
            )


def carts() -> Iterator[Step]:
    """What lies there, not ordered yet."""
    for buyer, items in CARTS.items():
        for number, (sku, quantity) in enumerate(items.items()):
            subject = f"{buyer} carts {sku}"
            do = partial(_cart, subject=subject, buyer=buyer, sku=sku, quantity=quantity)
            ago = CARTED - number * timedelta(minutes=2)
            yield Step(subject=subject, ago=ago, do=do, story=subject)


async def _show(desk: Desk, *, listed: Goods, views: int) -> None:
    images = [await _kept(desk, listed, view) for view in range(views)]
    command = AddProductImages(product_id=product_of(listed.sku), images=tuple(images))
    await desk.submit(f"pictures of {listed.sku}", command, by=Actor.of(account_of(listed.seller)))


async def _kept(desk: Desk, listed: Goods, view: int) -> Image:
    developed = await desk.developer.develop(await asyncio.to_thread(drawn, listed, view))
    image, full = ImageId(derived("demo-image", listed.sku, view)), developed.full
    for form, made in ((Form.THUMBNAIL, developed.thumbnail), (Form.FULL, full)):
        await desk.images.put(ImageKey(image, form), made.data, media_type=made.media_type)
    return Image(id=image, media_type=full.media_type, width=full.width, height=full.height, size=len(full.data))


async def _reduce(desk: Desk, *, reduction: Reduction) -> None:
    command = ScheduleSale(
        product_id=product_of(reduction.sku),
        start=desk.clock.today + timedelta(days=reduction.start),
        end=desk.clock.today + timedelta(days=reduction.end),
        percentage=reduction.percent_off * 100,
    )
    seller = next(each.seller for each in goods() if each.sku == reduction.sku)
    await desk.submit(f"sale of {reduction.sku}", command, by=Actor.of(account_of(seller)))


async def _switch_off(desk: Desk, *, offer: Offer) -> None:
    command = SwitchCoupon(coupon_id=coupon_of(coupon_code(offer.code)), active=False)
    await desk.submit(f"coupon {offer.code} off", command)


async def _move_in(desk: Desk, *, subject: str, buyer: str, home: Home) -> None:
    account = account_named(buyer)
    address = await desk.sealed(account, msgspec.json.encode(home).decode(), subject=subject)
    command = AddAddress(address_id=AddressId(derived("demo-address", subject)), address=address, default=False)
    await desk.submit(subject, command, by=Actor.of(account))


async def _wish(desk: Desk, *, subject: str, buyer: str, sku: str) -> None:
    await desk.submit(subject, AddWish(product_id=product_of(sku)), by=Actor.of(account_named(buyer)))


async def _cart(desk: Desk, *, subject: str, buyer: str, sku: str, quantity: int) -> None:
    command = AddToCart(product_id=product_of(sku), quantity=quantity)
    await desk.submit(subject, command, by=Actor.of(account_named(buyer)))
