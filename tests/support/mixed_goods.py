"""What sellers do with their products, and buyers with their carts, in a mixed log."""

from datetime import timedelta

from application.catalogue import EditProduct, ListProduct, RestoreProduct, WithdrawProduct
from application.inventory import AdjustStock, SetStock, SetThreshold
from application.ports.commands import Command
from application.product_images import AddProductImages, RemoveProductImage
from application.sales import CancelSale, EndSale, ScheduleSale, StartSale
from application.shopping import AddToCart, ClearCart, RemoveFromCart, SetCartQuantity
from application.wishlist import AddWish, RemoveWish
from domain.catalogue.images import Image
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ImageId, ProductId
from domain.shared.money import Money
from tests.support.mixed_world import CURRENCY, SHOP, Step, Story, World

FREE = 0.03
"""Share of products that cost nothing."""


def new_product(world: World) -> Story:
    """Listed, then worked on by its seller."""
    seller, product = world.luck.choice(world.sellers), ProductId(world.number())
    yield from listing(world, product, seller)
    for _ in range(world.luck.randrange(3)):
        yield Step(Actor.of(seller), _change(world, product))


def listing(world: World, product: ProductId, seller: AccountId) -> Story:
    command = ListProduct(
        product_id=product,
        title=world.word(),
        description=world.word() * world.luck.randrange(20),
        sku=world.luck.choice([None, world.word()]),
        attributes={world.word(): world.word() for _ in range(world.luck.randrange(4))},
        price=_price(world),
        discount=world.luck.choice([0, 0, 1_000]),
        quantity=world.luck.randrange(40, 400),
        threshold=world.luck.choice([None, 20]),
        category_id=world.luck.choice([None, None, *world.categories]),
    )
    outcome = yield Step(Actor.of(seller), command)
    if outcome.refusal is None:
        world.products.append((product, seller))


def tending(world: World) -> Story:
    """An older product is described anew, repriced, counted, sold under another threshold, or taken away for a time."""
    product, seller = world.luck.choice(world.products)
    for _ in range(world.luck.randrange(1, 4)):
        yield Step(Actor.of(seller), _change(world, product))
    if world.chance(0.2):
        picture = _picture(world)
        yield Step(Actor.of(seller), AddProductImages(product_id=product, images=(picture,)))
        yield Step(Actor.of(seller), RemoveProductImage(product_id=product, image_id=picture.id))
    if world.chance(0.2):
        yield Step(Actor.of(seller), WithdrawProduct(product_id=product))
        yield Step(Actor.of(seller), RestoreProduct(product_id=product))


def sale(world: World) -> Story:
    """A window is opened, sometimes called off, and noted at its ends by the shop."""
    product, seller = world.luck.choice(world.products)
    start = world.clock.now() + timedelta(seconds=world.luck.randrange(-5, 60))
    end = start + timedelta(seconds=world.luck.randrange(6, 60))
    percentage = world.luck.randrange(1, 9_999)
    outcome = yield Step(
        Actor.of(seller), ScheduleSale(product_id=product, start=start, end=end, percentage=percentage)
    )
    if outcome.refusal is not None:
        return
    if world.chance(0.2):
        yield Step(Actor.of(seller), CancelSale(product_id=product))
    yield Step(SHOP, StartSale(product_id=product, start=start, end=end))
    yield Step(SHOP, EndSale(product_id=product, start=start, end=end))


def _change(world: World, product: ProductId) -> Command:
    match world.luck.randrange(7):
        case 0:
            return EditProduct(product_id=product, title=world.word(), description=world.word())
        case 1:
            return EditProduct(product_id=product, price=_price(world), discount=world.luck.randrange(5_000))
        case 2:
            return SetThreshold(product_id=product, threshold=world.luck.randrange(400))
        case 3:
            return SetStock(product_id=product, on_hand=world.luck.randrange(50, 500), reason="counted")
        case 4:
            return AddProductImages(product_id=product, images=(_picture(world),))
        case _:
            return AdjustStock(product_id=product, change=world.luck.randrange(-30, 90), reason=world.word())


def _picture(world: World) -> Image:
    size = world.luck.randrange(1, 2_048)
    return Image(id=ImageId(world.number()), media_type="image/png", width=size, height=size, size=size)


def _price(world: World) -> Money:
    return Money(0 if world.chance(FREE) else world.luck.randrange(100, 5_000_000), CURRENCY)


def window_shopping(world: World) -> Story:
    """A cart that is filled, and now and then emptied, but not bought."""
    buyer = world.luck.choice(world.buyers)
    yield from filling_cart(world, buyer)
    if world.chance(0.3):
        yield Step(Actor.of(buyer), ClearCart())
    yield from wishing(world, buyer)


def wishing(world: World, buyer: AccountId) -> Story:
    """Some dreams pass."""
    products = [product for product, _ in world.luck.sample(world.products, world.luck.randint(1, 3))]
    for product in products:
        yield Step(Actor.of(buyer), AddWish(product_id=product))
    if world.chance(0.4):
        yield Step(Actor.of(buyer), RemoveWish(product_id=products[0]))


def filling_cart(world: World, buyer: AccountId) -> Story:
    """Some things go in, some in other numbers, and some out again."""
    products = [product for product, _ in world.luck.sample(world.products, world.luck.randint(1, 4))]
    for product in products:
        yield Step(Actor.of(buyer), AddToCart(product_id=product, quantity=world.luck.randint(1, 3)))
    if world.chance(0.3):
        yield Step(Actor.of(buyer), SetCartQuantity(product_id=products[0], quantity=world.luck.randint(1, 5)))
    if world.chance(0.2):
        yield Step(Actor.of(buyer), RemoveFromCart(product_id=products[-1]))
