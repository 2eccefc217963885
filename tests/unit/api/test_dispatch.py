"""Paths find their routes."""

import pytest

from api.answers import Answer
from api.app import api_routes
from api.call import Call
from api.dispatch import Dispatcher
from api.problems import Problem
from api.routing import Operation, TillRoute


async def nothing(call: Call) -> Answer:
    return Answer(204, b"")


async def named(call: Call, a: str, b: str) -> Answer:
    return Answer(204, f"{call.method}{a}{b}".encode())


def route(method: str, path: str) -> TillRoute:
    endpoint = named if "{b}" in path else nothing
    return TillRoute(path, endpoint, operation=Operation(summary=path), methods=[method])


def test_a_literal_comes_before_a_parameter_and_a_dead_end_is_left_again() -> None:
    routes = Dispatcher([route("GET", "/x/{a}"), route("GET", "/x/low"), route("POST", "/x/{a}/y/{b}")])
    assert routes.find("GET", "/x/low")[0].path == "/x/low"
    found, parameters = routes.find("GET", "/x/5")
    assert (found.path, parameters) == ("/x/{a}", {"a": "5"})
    found, parameters = routes.find("POST", "/x/low/y/7")
    assert (found.path, parameters) == ("/x/{a}/y/{b}", {"a": "low", "b": "7"})


@pytest.mark.parametrize("path", ["", "/", "/x", "/x/", "/x/5/", "/x/5/y", "//x/5", "/x/5/y/7/z", "x/low"])
def test_what_is_no_path_is_not_found(path: str) -> None:
    routes = Dispatcher([route("GET", "/x/{a}"), route("POST", "/x/{a}/y/{b}")])
    with pytest.raises(Problem) as caught:
        routes.find("GET", path)
    assert caught.value.status == 404


def test_two_routes_cannot_serve_the_same() -> None:
    with pytest.raises(ValueError, match="twice"):
        Dispatcher([route("GET", "/x/{a}"), route("GET", "/x/{c}")])


def test_every_route_of_the_shop_finds_itself() -> None:
    routes = api_routes()
    dispatcher = Dispatcher(routes)
    for each in routes:
        for method in each.methods or ():
            assert dispatcher.find(method, each.path.replace("{", "x").replace("}", "x"))[0] is each
