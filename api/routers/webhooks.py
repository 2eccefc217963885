"""Webhooks: where the shop sends what happens, how far each receiver is, and sending it again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from api.answers import Answer, etag, json_answer, no_content
from api.call import Call
from api.fields import Body, Opaque
from api.paging import PageQuery, cursor_of, parts_of
from api.problems import invalid, not_found
from api.routers.webhook_schemas import (
    DeliveryPage,
    ReplayForm,
    SecretWebhookView,
    WebhookForm,
    WebhookPage,
    WebhookPatch,
    WebhookView,
    delivery,
    listed,
    shown,
)
from api.routing import Operation, Resource
from application.ports.webhooks import WebhookStanding
from application.webhooks import DeleteWebhook, EditWebhook, RegisterWebhook, ReplayWebhook, WebhookKept
from domain.accounts.events import Role
from domain.shared.identifiers import WebhookId
from domain.webhooks.target import WebhookUrlRefused, require_target

RESOURCE = Resource("/api/v1/webhooks", "webhooks")
ADMIN = (Role.ADMIN,)
NO_STORE = (b"cache-control", b"no-store")
FORM = {"url": "https://erp.example/hooks/till", "events": ["ordering.*"], "description": "Orders into the ERP"}


class DeliveryQuery(Body):
    """Newest first; a moving list, which goes on by its cursor alone."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Opaque | None = None


@RESOURCE.route("GET", "", Operation(summary="Webhooks, newest first", answer=WebhookPage, roles=ADMIN))
async def list_webhooks(call: Call, query: Annotated[PageQuery, Query()]) -> Answer:
    offset, after = query.offset, None if query.cursor is None else _after(query.cursor)
    rows, total = await call.services.receivers.page(limit=query.limit, offset=offset, after=after)
    items = [listed(row) for row in rows[: query.limit]]
    cursor = cursor_of(items[-1].created_at, items[-1].id) if len(rows) > len(items) else None
    return json_answer(WebhookPage(items=items, next_cursor=cursor, **query.counted(total)))


@RESOURCE.route(
    "POST",
    "",
    Operation(
        summary="Have events sent to an address from now on; the secret that signs them is shown once",
        answer=SecretWebhookView,
        status=201,
        roles=ADMIN,
        refusals=(WebhookUrlRefused,),
        examples={"request": FORM, "response": FORM},
    ),
)
async def register_webhook(call: Call, body: WebhookForm) -> Answer:
    webhook_id = WebhookId(call.new_id("webhook"))
    command = RegisterWebhook(
        webhook_id=webhook_id,
        url=_target(call, body.url),
        description=body.description,
        types=_types(call, body.events),
    )
    kept = await call.done(command, WebhookKept)
    view = SecretWebhookView(
        id=webhook_id,
        url=body.url,
        events=list(command.types),
        description=body.description,
        is_active=True,
        stopped_because=None,
        after=None,
        failing_since=None,
        next_try_at=None,
        created_at=kept.at,
        updated_at=kept.at,
        version=kept.version,
        secret=call.services.receivers.secret(webhook_id, kept.generation),
    )
    location = (b"location", f"/api/v1/webhooks/{webhook_id}".encode())
    return json_answer(view, status=201, headers=[location, NO_STORE, *etag(kept.version)])


@RESOURCE.route(
    "PATCH",
    "/{webhook_id}",
    Operation(
        summary="Change where and what is sent, stop or resume it, or make a new secret",
        answer=SecretWebhookView,
        roles=ADMIN,
        refusals=(WebhookUrlRefused,),
        examples={"request": {"isActive": True}, "response": {**FORM, "secret": None}},
    ),
)
async def edit_webhook(call: Call, webhook_id: WebhookId, body: WebhookPatch) -> Answer:
    command = EditWebhook(
        webhook_id=webhook_id,
        url=_target(call, body.url) if body.gives("url") else None,
        description=body.description,
        types=_types(call, body.events) if body.gives("events") else None,
        active=body.is_active,
        rotate_secret=bool(body.rotate_secret),
        expected_version=call.expected_version(),
    )
    kept = await call.done(command, WebhookKept)
    secret = call.services.receivers.secret(webhook_id, kept.generation) if command.rotate_secret else None
    view = shown(await _there(call, webhook_id), secret=secret)
    return json_answer(view, headers=[*etag(view.version), NO_STORE])


@RESOURCE.route(
    "DELETE", "/{webhook_id}", Operation(summary="Send nothing there any more, for good", status=204, roles=ADMIN)
)
async def remove_webhook(call: Call, webhook_id: WebhookId) -> Answer:
    await call.done(DeleteWebhook(webhook_id=webhook_id, expected_version=call.expected_version()), WebhookKept)
    return no_content()


@RESOURCE.route(
    "GET",
    "/{webhook_id}/deliveries",
    Operation(summary="The latest tries to send something there", answer=DeliveryPage, roles=ADMIN),
)
async def list_deliveries(call: Call, webhook_id: WebhookId, query: Annotated[DeliveryQuery, Query()]) -> Answer:
    before = None if query.cursor is None else parts_of(query.cursor, tuple[int])[0]
    if before is not None and not 0 < before < 2**63:
        raise invalid("/cursor", "This is not a cursor of this list.")
    await _there(call, webhook_id)
    notes = await call.services.receivers.deliveries(webhook_id, before=before, limit=query.limit)
    items = [delivery(note) for note in notes[: query.limit]]
    cursor = cursor_of(items[-1].id) if len(notes) > len(items) else None
    return json_answer(DeliveryPage(items=items, limit=query.limit, next_cursor=cursor))


@RESOURCE.route(
    "POST",
    "/{webhook_id}/replay",
    Operation(
        summary="Send everything beyond a number of the feed, in order, once more",
        answer=WebhookView,
        status=202,
        roles=ADMIN,
        examples={"request": {"after": 0}, "response": FORM},
    ),
)
async def replay_webhook(call: Call, webhook_id: WebhookId, body: ReplayForm) -> Answer:
    page = await call.services.feed.page(after=body.after, limit=1)
    if page.complete and body.after > page.last:
        raise invalid("/after", f"The feed ends at {page.last}.")
    await call.done(ReplayWebhook(webhook_id=webhook_id, after=body.after), WebhookKept)
    return json_answer(listed(await _there(call, webhook_id)), status=202)


def _after(cursor: str) -> tuple[datetime, WebhookId]:
    at, webhook_id = parts_of(cursor, tuple[datetime, UUID])
    if at.tzinfo is None:
        raise invalid("/cursor", "This is not a cursor of this list.")
    return at, WebhookId(webhook_id)


async def _there(call: Call, webhook_id: WebhookId) -> WebhookStanding:
    standing = await call.services.receivers.one(webhook_id)
    if standing is None:
        raise not_found("There is no such webhook.")
    return standing


def _target(call: Call, url: str) -> str:
    return require_target(url, plain=call.services.settings.webhook_private_addresses)


def _types(call: Call, patterns: list[str]) -> tuple[str, ...]:
    """As they were given, each once; raises a Problem for one that stands for no type."""
    known = call.services.feed.types
    contexts = {f"{name.partition('.')[0]}.*" for name in known}
    for place, pattern in enumerate(patterns):
        if pattern not in known and pattern not in contexts:
            raise invalid(f"/events/{place}", "The feed has no events of this type.")
    return tuple(dict.fromkeys(patterns))
