"""The table of routes and the application say the same, in either direction."""

from collections.abc import Collection, Mapping

from api.routing import TillRoute
from tests.support import route_table
from tests.support.route_table import TABLE, Row, name_of, not_yet, promised, who_may


def differences(
    table: tuple[Row, ...], served: Mapping[str, TillRoute], later: list[str], beside: Collection[str]
) -> list[str]:
    """What the one says and the other does not."""
    names = [*(name for row in table for name in (row.name, *row.also)), *_fields()]
    there = {*served, *beside}
    return [
        *(f"{name} is in the table and not served" for name in names if name not in there and name not in later),
        *(f"{name} is served: take it out of not_served_yet.txt" for name in later if name in there),
        *(f"{name} is to come, and not in the table" for name in later if name not in names),
        *(f"{name} is served and not in the table" for name in there if " " in name and name not in names),
        *_rows(table, served),
    ]


def _fields() -> list[str]:
    return [name for name in promised() if " " not in name]


def _rows(table: tuple[Row, ...], served: Mapping[str, TillRoute]) -> list[str]:
    found = []
    for row in table:
        route = served.get(row.name)
        if route is not None and who_may(route) != row.who:
            found.append(f"{row.name} is for {row.who} in the table, and for {who_may(route)} as it is served")
        if route is not None and route.deprecated:
            found.append(f"{row.name} is served as deprecated")
        for name in row.also:
            other = served.get(name)
            if (
                route is not None
                and other is not None
                and (other.endpoint is not route.endpoint or not other.deprecated)
            ):
                found.append(f"{name} is not {row.name} by another name, deprecated")
    return found


def test_the_table_and_the_application_say_the_same() -> None:
    assert differences(TABLE, route_table.served(), not_yet(), route_table.there()) == []


def test_nothing_is_named_twice() -> None:
    assert len(set(promised())) == len(promised())
    assert not_yet() == sorted(set(not_yet()))


def test_each_difference_is_told() -> None:
    served, beside = route_table.served(), route_table.there() - route_table.served().keys()
    name, other = name_of("GET", "/api/v1/cart"), "POST /cart"
    without = {each: route for each, route in served.items() if each != name}
    with_more = served | {"GET /colours": served[name]}
    rows = tuple(Row(row.name, "admin", row.also) if row.name == name else row for row in TABLE)
    swapped = served | {other: served[name]}
    found = [
        differences(TABLE, without, not_yet(), beside),
        differences(TABLE, with_more, not_yet(), beside),
        differences(rows, served, not_yet(), beside),
        differences(TABLE, served, [*not_yet(), name], beside),
        differences(TABLE, served, [*not_yet(), "GET /colours"], beside),
        differences(TABLE, swapped, not_yet(), beside),
        differences(TABLE, served, not_yet(), beside - {"cart.total"}),
    ]
    known = set(differences(TABLE, served, not_yet(), beside))
    assert [len(set(each) - known) for each in found] == [1] * len(found)
