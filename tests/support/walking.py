"""Asks for a route as its story does, and as nobody should."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from api.routing import READS, TillRoute
from tests.support.caller import Caller, Reply
from tests.support.route_table import PUBLIC, who_may
from tests.support.stage import Asked, Stage
from tests.support.stories import asked

ROLES = {"buyer": "buyer", "other buyer": "buyer", "seller": "seller", "other seller": "seller", "admin": "admin"}


@dataclass(frozen=True, slots=True)
class Walked:
    """A route and how to ask for it."""

    name: str
    route: TillRoute

    @property
    def method(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def template(self) -> str:
        """As a caller takes it: below the base path, or as it is for the operators' routes."""
        short = self.name.partition(" ")[2]
        return short.removeprefix("/") if short.startswith("//") else short

    @property
    def changes(self) -> bool:
        return self.method not in READS

    @property
    def takes_ids(self) -> bool:
        return "{" in self.route.path

    @property
    def who(self) -> str:
        return who_may(self.route)

    @property
    def public(self) -> bool:
        return self.who == PUBLIC

    @property
    def status(self) -> int:
        return self.route.operation.status

    def ask(self, stage: Stage) -> Asked:
        return asked(self.name, self.route, stage)

    def send(self, each: Asked, *, by: Caller | None = None, key: str | None = None, **changed: Any) -> Reply:
        """The story's request, with some of it changed, from somebody else perhaps."""
        each = replace(each, **changed)
        path, caller = each.path(self.template), by or each.by
        headers = dict(each.headers)
        if self.method == "GET":
            return caller.get(path, **headers)
        return caller.request(self.method, path, each.body, key=key, **headers)

    def elsewhere(self, each: Asked) -> Asked:
        """With ids of nothing."""
        return replace(each, ids=tuple(str(uuid4()) for _ in each.ids))


def turned_away(walked: Walked, each: Asked, stage: Stage) -> Mapping[str, frozenset[int]]:
    """Who must not have what the story asks for, and the statuses that say so."""
    if walked.public:
        return {}
    expected = {"nobody": frozenset({401})}
    owner = next((who for who, caller in stage.callers.items() if caller is each.by), "")
    for who, role in ROLES.items():
        if walked.who != "any account" and role not in walked.who:
            expected[who] = frozenset({403})
        elif each.personal and walked.takes_ids and role != "admin" and who.startswith("other") and who != owner:
            expected[who] = frozenset({403, 404})
    if not walked.route.takes_api_key:
        expected["program"] = frozenset({401})
    return expected
