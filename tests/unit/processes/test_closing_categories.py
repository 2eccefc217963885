"""A removal that was cut off falls due; one that was settled does not."""

from uuid import UUID

import pytest

from application.categories import SettleCategory
from application.effects.categories import FinishRemoval, finish_removal
from application.effects.effect import EffectPorts
from application.ports.commands import Command, Outcome
from application.processes.closing_categories import GRACE, OpenRemoval, instance, react
from application.processes.process import Due, Withdraw
from domain.catalogue.category_events import CategoryClosing, CategoryRemoved, CategoryRenamed, CategoryReopened
from domain.shared.identifiers import CategoryId
from tests.support.fake_category_products import FakeCategoryProducts
from tests.support.fake_mail import an_outside
from tests.support.story import drive
from tests.support.times import NOON

CATEGORY, CLOSING = CategoryId(UUID(int=1)), UUID(int=2)
BEGUN = CategoryClosing(category_id=CATEGORY, closing=CLOSING, at=NOON)
FINISH = FinishRemoval(category_id=CATEGORY, closing=CLOSING)


def test_a_closing_is_looked_after() -> None:
    assert react(None, BEGUN) == (OpenRemoval(CLOSING), (Due(f"finish:{CLOSING}", FINISH, at=NOON + GRACE),))
    for end in (CategoryRemoved(category_id=CATEGORY, at=NOON), CategoryReopened(category_id=CATEGORY, at=NOON)):
        assert instance(end) == instance(BEGUN) == CATEGORY
        assert react(OpenRemoval(CLOSING), end) == (None, (Withdraw(f"finish:{CLOSING}"),))
        assert react(None, end) == (None, ())
    assert instance(CategoryRenamed(category_id=CATEGORY, name="x", at=NOON)) is None


@pytest.mark.parametrize("products", [0, 3])
def test_finishing_looks_and_says_what_it_found(products: int) -> None:
    said: list[Command] = []

    async def submit(command: Command, step: str) -> Outcome:
        del step
        said.append(command)
        return Outcome(command_id=CLOSING, result=b"{}")

    outside = an_outside(category_products=FakeCategoryProducts(products))
    drive(finish_removal(FINISH, EffectPorts.of(outside, submit=submit, now=NOON)))
    assert said == [SettleCategory(category_id=CATEGORY, closing=CLOSING, products=products)]
