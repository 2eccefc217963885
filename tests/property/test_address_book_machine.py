"""Random histories of one address book."""

from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from application.ports.work import Work
from domain.accounts.address_book import ADDRESS_BOOKS, MAX_ADDRESSES, AddressBook, AddressBookFull
from domain.accounts.address_events import (
    AddressAdded,
    AddressBookEvent,
    AddressRemoved,
    AddressReplaced,
    DefaultAddressChosen,
)
from domain.shared.identifiers import AccountId, AddressId, address_book_of
from domain.shared.refusal import AlreadyExists, NotFound, Refusal
from domain.shared.sealed import Sealed
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

ACCOUNT = AccountId(UUID(int=1))
IDS = st.sampled_from([AddressId(UUID(int=n)) for n in range(10, 15)])
HOMES = st.sampled_from([Sealed(person=ACCOUNT, box=box) for box in ("one", "two")])


class AddressBookMachine(AggregateMachine[AddressBook, AddressBookEvent]):
    category = ADDRESS_BOOKS
    stream = address_book_of(ACCOUNT)

    @initialize()
    def open(self) -> None:
        self.now, self.there = NOON, dict[AddressId, Sealed]()
        self.default: AddressId | None = None
        self.begin(AddressBook.open(address_book_id=address_book_of(ACCOUNT), account_id=ACCOUNT, at=NOON))

    @rule(address_id=IDS, home=HOMES, default=st.booleans())
    def add(self, address_id: AddressId, home: Sealed, default: bool) -> None:
        self.now += timedelta(seconds=1)
        refused: type[Refusal] | None = AlreadyExists if address_id in self.there else None
        if refused is None and len(self.there) == MAX_ADDRESSES:
            refused = AddressBookFull
        becomes = default or not self.there
        then: tuple[AddressBookEvent, ...] = (AddressAdded(address_id=address_id, address=home, at=self.now),)
        if becomes:
            then += (DefaultAddressChosen(address_id=address_id, at=self.now),)
        now = self.now
        self.decide(lambda book: book.add(address_id, home, default=default, at=now), refused=refused, then=then)
        if refused is None:
            self.there[address_id] = home
            self.default = address_id if becomes else self.default

    @rule(address_id=IDS, home=HOMES, default=st.booleans())
    def replace(self, address_id: AddressId, home: Sealed, default: bool) -> None:
        becomes = default and address_id != self.default
        then: tuple[AddressBookEvent, ...] = (AddressReplaced(address_id=address_id, address=home, at=self.now),)
        if becomes:
            then += (DefaultAddressChosen(address_id=address_id, at=self.now),)
        refused = None if address_id in self.there else NotFound
        self.decide(
            lambda book: book.replace(address_id, home, default=default, at=self.now), refused=refused, then=then
        )
        if refused is None:
            self.there[address_id] = home
            self.default = address_id if becomes else self.default

    @rule(address_id=IDS)
    def remove(self, address_id: AddressId) -> None:
        rest = {other: kept for other, kept in self.there.items() if other != address_id}
        oldest = next(iter(rest), None)
        then: tuple[AddressBookEvent, ...] = (AddressRemoved(address_id=address_id, at=self.now),)
        if address_id == self.default and oldest:
            then += (DefaultAddressChosen(address_id=oldest, at=self.now),)
        refused = None if address_id in self.there else NotFound
        self.decide(lambda book: book.remove(address_id, at=self.now), refused=refused, then=then)
        if refused is None:
            self.default = self.default if address_id != self.default else oldest
            self.there = rest

    @rule()
    @precondition(lambda self: 0 < len(self.there) < 10)
    def fill(self) -> None:
        more = [AddressId(UUID(int=1_000 + n)) for n in range(MAX_ADDRESSES)]
        free = [each for each in more if each not in self.there][: MAX_ADDRESSES - len(self.there)]
        home = Sealed(person=ACCOUNT, box="more")

        def gather(work: Work) -> None:
            work.get(ADDRESS_BOOKS, self.stream)
            added = [AddressAdded(address_id=each, address=home, at=self.now) for each in free]
            work.record(ADDRESS_BOOKS, self.stream, added)

        self.log.carry_out(gather)
        self.there |= dict.fromkeys(free, home)

    @invariant()
    def one_of_what_is_there_is_the_default(self) -> None:
        book = self.state
        kept = [(id_, entry.address) for id_, entry in book.addresses.items()]
        assert (kept, book.default) == ([*self.there.items()], self.default)
        assert book.copy_of(None) == (self.there[self.default] if self.default else None)
        assert (book.default in book.addresses) == bool(book.addresses)


TestAddressBookMachine = AddressBookMachine.TestCase
