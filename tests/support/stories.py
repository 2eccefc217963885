"""For each route a request that it carries out; what the document shows will do where nothing has to be there first."""

from collections.abc import Mapping
from typing import Any

from api.routing import TillRoute
from tests.support import stories_buying, stories_goods, stories_people, stories_webhooks
from tests.support.caller import Caller
from tests.support.openapi import contract
from tests.support.route_table import PUBLIC, who_may
from tests.support.stage import Asked, Stage, Story

STORIES: Mapping[str, Story] = {
    **stories_people.STORIES,
    **stories_goods.STORIES,
    **stories_buying.STORIES,
    **stories_webhooks.STORIES,
    "GET //docs/{}": lambda stage: Asked(by=stage.nobody, ids=("swagger-ui.css",)),
}
"""By the name in the route table."""


class NoStory(AssertionError):
    """Nobody knows how to ask for this route."""


def asked(name: str, route: TillRoute, stage: Stage) -> Asked:
    """What carries the route out. Raises NoStory."""
    story = STORIES.get(name)
    if story is not None:
        return story(stage)
    if "{" in route.path:
        raise NoStory(f"{name} is served and has no story: add one to a tests/support/stories_….py")
    return Asked(by=somebody(route, stage), body=shown(name, route))


def somebody(route: TillRoute, stage: Stage) -> Caller:
    """Who may, of those on the stage."""
    who = who_may(route)
    if who == PUBLIC:
        return stage.nobody
    return stage.admin if who == "admin" else stage.seller if "seller" in who else stage.buyer


def shown(name: str, route: TillRoute) -> Any:
    """The request that the document shows; None where there is none."""
    operation = contract().operation(name.partition(" ")[0], route.path)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("example")
