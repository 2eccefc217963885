"""Random histories of the category tree: whatever is asked for, it stays a tree."""

from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from domain.catalogue.categories import (
    CATEGORY_TREES,
    EMPTY,
    CategoryInsideItself,
    CategoryIsClosing,
    CategoryNameTaken,
    CategoryNotEmpty,
    CategoryTree,
    TaxRateOutOfRange,
    UnknownCategory,
)
from domain.catalogue.category_events import (
    CategoryAdded,
    CategoryClosing,
    CategoryEvent,
    CategoryMoved,
    CategoryRemoved,
    CategoryRenamed,
    CategoryReopened,
    CategoryTaxRateSet,
)
from domain.shared.identifiers import CATEGORY_TREE, CategoryId
from domain.shared.refusal import AlreadyExists, NotFound, Refusal
from tests.support.machines import AggregateMachine
from tests.support.times import NOON

IDS = [CategoryId(UUID(int=n)) for n in range(1, 8)]
CATEGORIES = st.sampled_from(IDS)
PLACES = st.sampled_from([None, *IDS])
NAMES = st.sampled_from(["Tea", "TEA ", "Coffee", "Stra\N{LATIN SMALL LETTER SHARP S}e", "STRASSE"])
RATES = st.sampled_from([None, -1, 0, 500, 10_000, 10_001])
CLOSINGS = st.sampled_from([UUID(int=n) for n in (0xC1, 0xC2)])


class Known:
    """What the model knows of one category."""

    def __init__(self, name: str, parent: CategoryId | None, rate: int | None) -> None:
        self.name, self.parent, self.rate = name, parent, rate
        self.closing: UUID | None = None


class CategoryMachine(AggregateMachine[CategoryTree, CategoryEvent]):
    category = CATEGORY_TREES
    stream = CATEGORY_TREE

    @initialize()
    def the_first(self) -> None:
        self.begin(EMPTY.add(IDS[0], name="Tea", parent_id=None, tax_rate=None, at=NOON))
        self.known = {IDS[0]: Known("Tea", None, None)}

    def misplaced(self, id_: CategoryId, name: str, parent: CategoryId | None) -> type[Refusal] | None:
        """Why a category cannot stand there under that name."""
        if parent is not None and parent not in self.known:
            return UnknownCategory
        if parent is not None and self.known[parent].closing:
            return CategoryIsClosing
        return self.ambiguous(id_, name, parent)

    def ambiguous(self, id_: CategoryId, name: str, parent: CategoryId | None) -> type[Refusal] | None:
        siblings = [other for each, other in self.known.items() if other.parent == parent and each != id_]
        taken = any(other.name.strip().casefold() == name.strip().casefold() for other in siblings)
        return CategoryNameTaken if taken else None

    def untouchable(self, id_: CategoryId) -> type[Refusal] | None:
        if id_ not in self.known:
            return NotFound
        return CategoryIsClosing if self.known[id_].closing else None

    @rule(id_=CATEGORIES, name=NAMES, parent=PLACES, rate=RATES)
    def add(self, id_: CategoryId, name: str, parent: CategoryId | None, rate: int | None) -> None:
        wrong = rate is not None and not 0 <= rate <= 10_000
        unfit: type[Refusal] | None = TaxRateOutOfRange if wrong else self.misplaced(id_, name, parent)
        refused = AlreadyExists if id_ in self.known else unfit
        added = CategoryAdded(category_id=id_, name=name, parent_id=parent, tax_rate=rate, at=NOON)
        self.decide(
            lambda tree: tree.add(id_, name=name, parent_id=parent, tax_rate=rate, at=NOON),
            refused=refused,
            then=(added,),
        )
        if refused is None:
            self.known[id_] = Known(name, parent, rate)

    @rule(id_=CATEGORIES, name=NAMES, parent=PLACES)
    def place(self, id_: CategoryId, name: str, parent: CategoryId | None) -> None:
        refused, then = self.untouchable(id_), list[CategoryEvent]()
        if refused is None:
            node = self.known[id_]
            if parent is not None and id_ in self.above(parent):
                refused = CategoryInsideItself
            elif parent != node.parent:
                refused = self.misplaced(id_, name, parent)
                then.append(CategoryMoved(category_id=id_, parent_id=parent, at=NOON))
            elif name != node.name:
                refused = self.ambiguous(id_, name, parent)
            if name != node.name:
                then.append(CategoryRenamed(category_id=id_, name=name, at=NOON))
            if refused is None:
                node.name, node.parent = name, parent
        self.decide(lambda tree: tree.place(id_, name=name, parent_id=parent, at=NOON), refused=refused, then=then)

    @rule(id_=CATEGORIES, rate=RATES)
    def tax(self, id_: CategoryId, rate: int | None) -> None:
        wrong = rate is not None and not 0 <= rate <= 10_000
        refused = self.untouchable(id_) or (TaxRateOutOfRange if wrong else None)
        same = refused is None and self.known[id_].rate == rate
        then = () if same else (CategoryTaxRateSet(category_id=id_, tax_rate=rate, at=NOON),)
        self.decide(lambda tree: tree.set_tax_rate(id_, rate, NOON), refused=refused, then=then)
        if refused is None:
            self.known[id_].rate = rate

    @rule(id_=CATEGORIES, closing=CLOSINGS)
    def close(self, id_: CategoryId, closing: UUID) -> None:
        below = any(other.parent == id_ for other in self.known.values())
        refused = NotFound if id_ not in self.known else CategoryNotEmpty if below else None
        goes_on = refused is None and self.known[id_].closing is not None
        then = () if goes_on else (CategoryClosing(category_id=id_, closing=closing, at=NOON),)
        self.decide(lambda tree: tree.close(id_, closing, NOON), refused=refused, then=then)
        if refused is None and not goes_on:
            self.known[id_].closing = closing

    @rule(id_=CATEGORIES, closing=CLOSINGS, products=st.sampled_from([0, 1]))
    def settle(self, id_: CategoryId, closing: UUID, products: int) -> None:
        node, then = self.known.get(id_), list[CategoryEvent]()
        if node is not None and node.closing == closing:
            event = CategoryReopened if products else CategoryRemoved
            then.append(event(category_id=id_, at=NOON))
        self.decide(lambda tree: tree.settle(id_, closing, products=products, at=NOON), refused=None, then=then)
        if then and products:
            self.known[id_].closing = None
        elif then:
            del self.known[id_]

    def above(self, id_: CategoryId | None) -> list[CategoryId]:
        """From the category up to the top; never ends in a cycle, so it fails where there is one."""
        path = list[CategoryId]()
        while id_ in self.known:
            assert id_ not in path, "a category stands below itself"
            path.append(id_)
            id_ = self.known[id_].parent
        return path

    @invariant()
    def every_category_hangs_from_the_top(self) -> None:
        nodes = self.state.nodes
        assert {id_: node.parent_id for id_, node in nodes.items()} == {id_: k.parent for id_, k in self.known.items()}
        for id_ in self.known:
            assert self.known[self.above(id_)[-1]].parent is None

    @invariant()
    def the_nearest_rate_above_holds(self) -> None:
        tree = self.state
        for id_ in self.known:
            rates = [self.known[each].rate for each in self.above(id_)]
            assert tree.tax_rate_of(id_) == next((rate for rate in rates if rate is not None), None)

    @invariant()
    def the_tree_is_what_was_said(self) -> None:
        shown = {id_: (node.name, node.tax_rate, node.closing) for id_, node in self.state.nodes.items()}
        assert shown == {id_: (known.name, known.rate, known.closing) for id_, known in self.known.items()}


TestCategoryMachine = CategoryMachine.TestCase
