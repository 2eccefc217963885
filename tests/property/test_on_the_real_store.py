"""The same random histories, carried out by the real command loops on the real log."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from tests.property.test_account_machine import AccountMachine
from tests.property.test_address_book_machine import AddressBookMachine
from tests.property.test_api_key_machine import ApiKeyMachine
from tests.property.test_cart_machine import CartMachine
from tests.property.test_category_machine import CategoryMachine
from tests.property.test_contact_machine import ContactMachine
from tests.property.test_coupon_machine import CouponMachine
from tests.property.test_email_claim_machine import EmailClaimMachine
from tests.property.test_order_machine import OrderMachine
from tests.property.test_payment_machine import PaymentMachine
from tests.property.test_product_machine import ProductMachine
from tests.property.test_report_machine import ReportMachine
from tests.property.test_review_machine import ReviewMachine
from tests.property.test_sale_machine import SaleMachine
from tests.property.test_session_machine import SessionMachine
from tests.property.test_stock_machine import StockMachine
from tests.property.test_wishlist_machine import WishlistMachine
from tests.support.machines import AggregateMachine
from tests.support.postgres import TestServer
from tests.support.profiles import on_the_real_store
from tests.support.store_log import StoreLog

MACHINES: list[type[AggregateMachine[Any, Any]]] = [
    AccountMachine,
    AddressBookMachine,
    ApiKeyMachine,
    CartMachine,
    ContactMachine,
    CouponMachine,
    CategoryMachine,
    EmailClaimMachine,
    OrderMachine,
    PaymentMachine,
    ProductMachine,
    ReportMachine,
    ReviewMachine,
    SaleMachine,
    SessionMachine,
    StockMachine,
    WishlistMachine,
]


@pytest.fixture(scope="module")
def store(postgres: TestServer) -> Iterator[StoreLog]:
    with postgres.fresh() as database:
        log = StoreLog(database)
        yield log
        log.close()


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.__name__)
def test_histories_on_the_store(machine: type[AggregateMachine[Any, Any]], store: StoreLog) -> None:
    class OnTheStore(machine):  # type: ignore[valid-type,misc]
        def open_log(self) -> StoreLog:
            store.clear()
            return store

        @property
        def state(self) -> Any:
            return store.stored(self.category, self.stream)

    run_state_machine_as_test(OnTheStore, settings=on_the_real_store())
