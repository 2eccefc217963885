"""The search and the filtered list over 50,000 products: how long questions take, and by which plans."""

import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

from psycopg import Connection

from application.catalogue import ListProduct
from application.ports.commands import CommandBus
from benchmarks.loops import CURRENCY
from benchmarks.results import Results, Target
from benchmarks.web import UNCACHED, Ammunition, fire
from domain.accounts.events import Role
from domain.shared.actor import Actor
from domain.shared.identifiers import AccountId, ProductId
from domain.shared.money import Money
from projections import catalogue_lists, search_queries, search_terms
from projections.catalogue_lists import ProductQuery, Sort
from tests.support.crowd import envelope, registration, submit_all

PRODUCTS = 50_000
SELLERS = 20
VOCABULARY = 20_000
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "te",
    "ra",
    "su",
    "be",
    "no",
    "di",
    "fu",
    "ga",
    "po",
    "vi",
    "ze",
    "an",
    "or",
    "el",
    "tri",
    "sta",
    "bra",
]
FREQUENT, EVERY = "everyday", 5
RARE = "zircon"
RARE_WORDS = 100
CONNECTIONS = (1, 16)
ROUNDS = 3
SECONDS = 2
QUICK = Target(50, at_most=True)
NO_SCANS = Target(0, at_most=True)
FILTERED = ProductQuery(min_price=50_000, max_price=90_000, in_stock=True, sort=Sort.PRICE, descending=False)

QUESTIONS: Mapping[str, Sequence[str]] = {
    "search, a rare word": [f"/search?q={RARE}{n}" for n in range(RARE_WORDS)],
    "search, a word in a fifth of all": [f"/search?q={FREQUENT}&page={page}" for page in range(1, 11)],
    "search, two letters": [f"/search?q={each}" for each in ("ka", "lo", "tr", "br", "st", "ev", "zi")],
    "list, filtered": [
        f"?minPrice={low}&maxPrice={low + 400}&inStock=true&sort=price" for low in range(100, 2_100, 100)
    ],
}
PLANNED = {"search, a rare word": f"{RARE}7", "search, a word in a fifth of all": FREQUENT, "search, two letters": "ka"}


async def fill(bus: CommandBus) -> None:
    """Products that say words as often as people do: few words often, most seldom."""
    luck = Random(7)
    vocabulary = ["".join(luck.choice(SYLLABLES) for _ in range(luck.randint(2, 4))) for _ in range(VOCABULARY)]

    def words(count: int) -> str:
        return " ".join(vocabulary[min(int(luck.paretovariate(0.6)), VOCABULARY - 1)] for _ in range(count))

    sellers = [AccountId(uuid4()) for _ in range(SELLERS)]
    await submit_all(bus, [registration(each, Role.SELLER) for each in sellers], in_flight=1)
    listings = (
        ListProduct(
            product_id=ProductId(uuid4()),
            title=words(4) + (f" {FREQUENT}" if n % EVERY == 0 else "") + (f" {RARE}{n}" if n < RARE_WORDS else ""),
            description=words(30),
            attributes={"colour": luck.choice(("red", "green", "blue"))},
            price=Money(luck.randint(1_000, 500_000), CURRENCY),
            discount=luck.choice((0, 0, 1_000)),
            quantity=luck.choice((0, 10)),
        )
        for n in range(PRODUCTS)
    )
    sent = (envelope(each, Actor.of(sellers[n % SELLERS])) for n, each in enumerate(listings))
    await submit_all(bus, sent, in_flight=64)


def measure(url: str, results: Results, *, ammunition: Ammunition) -> None:
    for name, questions in QUESTIONS.items():
        paths = ammunition.keep(name.replace(" ", "-"), [f"/api/v1/products{each}" for each in questions])
        fire(url, "get", (paths, UNCACHED), connections=1)
        for connections in CONNECTIONS:
            readings = [
                fire(url, "get", (paths, UNCACHED), connections=connections, seconds=SECONDS) for _ in range(ROUNDS)
            ]
            place = f"{name}, {connections} connection{'s' if connections > 1 else ''}"
            results.add(place, statistics.median(each.rate for each in readings), "requests/s")
            for percentile in ("p50", "p95"):
                value = statistics.median(getattr(each, percentile) for each in readings)
                judged = QUICK if percentile == "p95" and connections == 1 else None
                results.add(f"{place}, {percentile}", value, "ms", target=judged)
            failed = sum(each.errors + each.refused for each in readings)
            results.add(f"{place}, failed", failed, "requests", target=Target(0, at_most=True))


def explain(connection: Connection[Any], results: Results) -> None:
    """Prints the plans, and counts the tables that are read from end to end though they are large."""
    connection.execute("ANALYZE")
    now = datetime.now(UTC)
    schemas = dict(connection.execute("SELECT name, live_schema FROM till.projection").fetchall())
    names = {
        "documents": schemas["search"],
        "catalogue": schemas["catalogue"],
        "stock": schemas["stock_levels"],
        "categories": schemas["categories"],
    }
    for name, text in PLANNED.items():
        question = search_terms.asked(text)
        assert question is not None
        query = search_queries.SearchQuery(question, ProductQuery())
        statement = search_queries.statement(query.filters).format(**names)
        _explain(connection, name, statement, search_queries.values(query, now), results, search_queries.BY_INDEX)
    statement, values = catalogue_lists.asked(FILTERED, now)
    _explain(connection, "list, filtered", statement.format(**names), values, results)


def _explain(
    connection: Connection[Any], name: str, statement: str, values: Any, results: Results, before: str = "SELECT"
) -> None:
    with connection.transaction():
        connection.execute(before)
        rows = connection.execute(f"EXPLAIN (ANALYZE, COSTS OFF, SUMMARY OFF) {statement}", values).fetchall()
    lines = [row[0] for row in rows]
    print(f"\n{name}")
    for line in lines:
        if "Scan" in line and "CTE Scan" not in line:
            print("  " + line.strip().removeprefix("->  "))
    whole = [
        line
        for line in lines
        if "Seq Scan on document" in line or "Seq Scan on product " in line or "Seq Scan on listing" in line
    ]
    results.add(f"{name}: large tables read from end to end", len(whole), "tables", target=NO_SCANS)
