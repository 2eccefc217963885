"""Every route that is served: what it gives fits its description, and it refuses as it says it does."""

from collections.abc import Iterator

import pytest

from tests.support.route_table import served
from tests.support.stage import Stage
from tests.support.system import System
from tests.support.walking import Walked, turned_away

ROUTES = [
    Walked(name, route)
    for name, route in sorted(served().items())
    if route.operation.produces != "text/event-stream"  # it has no end: see test_live_inventory.py
]
BY_PEOPLE_ALONE = frozenset({"POST /admin/api-keys", "DELETE /admin/api-keys/{}"})
"""Else a key that leaks would make others."""
NO_PROMISE = frozenset({"GET //metrics", "GET //openapi.json", "GET //docs", "GET //docs/{}"})
"""Of these the document says no more than the media type."""


@pytest.fixture(scope="module")
def stage(shop: System) -> Iterator[Stage]:
    with Stage(shop) as stage:
        yield stage


def each(*routes: Walked) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("walked", routes, ids=lambda walked: walked.name)


@each(*ROUTES)
def test_what_it_gives_is_what_it_says(walked: Walked, stage: Stage) -> None:
    """The caller on the stage fails with any answer that the document does not describe."""
    asked = walked.ask(stage)
    reply = walked.send(asked)
    assert reply.status == (asked.status or walked.status), f"{reply.status}: {reply.content[:1000]!r}"
    if walked.name not in NO_PROMISE and reply.status not in {202, 204}:
        assert reply.content


@pytest.mark.alike
@each(*(route for route in ROUTES if not route.public))
def test_it_takes_an_account(walked: Walked, stage: Stage) -> None:
    asked = walked.elsewhere(walked.ask(stage))
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic QWxhZGRpbjpvcGVu"}):
        reply = walked.send(asked, by=stage.nobody, headers=headers)
        assert (reply.status, reply.code) == (401, "unauthenticated"), reply.content
        assert reply.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.alike
@each(*(route for route in ROUTES if not route.public))
def test_each_role_has_what_is_its_own(walked: Walked, stage: Stage) -> None:
    """Refused first, and carried out then: no refusal has changed anything."""
    asked = walked.ask(stage)
    for who, statuses in turned_away(walked, asked, stage).items():
        reply = walked.send(asked, by=stage.callers[who])
        assert reply.status in statuses, f"{who} gets {reply.status}: {reply.content[:500]!r}"
        assert reply.headers["content-type"] == "application/problem+json"
    assert walked.send(asked).status == (asked.status or walked.status)


@pytest.mark.alike
@each(*(route for route in ROUTES if route.route.takes_api_key))
def test_a_program_does_what_its_admin_may(walked: Walked, stage: Stage) -> None:
    asked = walked.ask(stage)
    done = 403 if walked.name in BY_PEOPLE_ALONE else asked.status or walked.status
    assert walked.send(asked, by=stage.program).status == done


@pytest.mark.alike
@each(*(route for route in ROUTES if route.takes_ids))
def test_what_is_not_there_is_not_found(walked: Walked, stage: Stage) -> None:
    asked = walked.ask(stage)
    for missing in (walked.elsewhere(asked).ids, ("x",) * len(asked.ids), ("%00",) * len(asked.ids)):
        reply = walked.send(asked, ids=missing)
        assert reply.status == 404, f"{missing}: {reply.status}: {reply.content[:500]!r}"
    reply = walked.send(asked, ids=("x" * 3_000,) * len(asked.ids))
    assert (reply.status, reply.code) == (414, "address-too-long")


@pytest.mark.alike
@each(*(route for route in ROUTES if route.changes and route.route.body is not None))
def test_fields_that_there_are_not_are_named(walked: Walked, stage: Stage) -> None:
    asked = walked.ask(stage)
    assert isinstance(asked.body, dict)
    reply = walked.send(asked, body={**asked.body, "colour": "red"})
    assert (reply.status, reply.code) == (422, "validation-failed"), reply.content
    assert "/colour" in {error["pointer"] for error in reply.json["errors"]}


@pytest.mark.alike
@each(*(route for route in ROUTES if route.route.query is not None))
def test_filters_that_there_are_not_are_named(walked: Walked, stage: Stage) -> None:
    asked = walked.ask(stage)
    for query in ("colour=red", "page=0", "limit=101", "limit=x&limit=2"):
        reply = walked.send(asked, query=query)
        assert (reply.status, reply.code) == (422, "validation-failed"), f"{query}: {reply.content!r}"
