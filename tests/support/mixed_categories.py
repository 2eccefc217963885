"""What admins do with the category tree in a mixed log."""

from uuid import UUID

import msgspec

from application.categories import AddCategory, CloseCategory, ClosingKept, EditCategory, SettleCategory
from application.ports.commands import Outcome
from domain.shared.actor import Actor
from domain.shared.identifiers import CategoryId
from tests.support.mixed_world import SHOP, Step, Story, World


def gardening(world: World) -> Story:
    """A branch grows, another is bent, and now and then one is cut off, or found to hold something."""
    admin, category = Actor.of(world.luck.choice(world.admins)), CategoryId(world.number())
    outcome = yield Step(admin, AddCategory(category_id=category, title=world.word(), parent_id=_somewhere(world)))
    if outcome.refusal is None:
        world.categories.append(category)
    if not world.categories:
        return
    bent = world.luck.choice(world.categories)
    match world.luck.randrange(4):
        case 0:
            yield Step(admin, EditCategory(category_id=bent, title=world.word()))
        case 1:
            yield Step(admin, EditCategory(category_id=bent, parent_id=_somewhere(world)))
        case 2:
            yield Step(admin, EditCategory(category_id=bent, tax_rate=world.luck.choice([None, 0, 500, 1_200])))
        case _:
            outcome = yield Step(admin, CloseCategory(category_id=bent))
            if (closing := _closing(outcome)) is not None:
                products = world.luck.randrange(2)
                yield Step(SHOP, SettleCategory(category_id=bent, closing=closing, products=products))


def _somewhere(world: World) -> CategoryId | None:
    return world.luck.choice([None, *world.categories])


def _closing(outcome: Outcome) -> UUID | None:
    return None if outcome.result is None else msgspec.json.decode(outcome.result, type=ClosingKept).closing
