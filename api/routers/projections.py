"""The read models and process managers: how far they are, and building them anew."""

from datetime import datetime
from uuid import UUID

from api.answers import Answer, View, json_answer
from api.call import Call
from api.problems import not_found
from api.routing import Operation, Resource
from application.operations import RebuildKept, RequestRebuild
from application.ports.operations import ProjectionStanding, RebuildStanding
from domain.accounts.events import Role

RESOURCE = Resource("/api/v1/admin/projections", "operations")
ADMIN = (Role.ADMIN,)


class RebuildView(View, frozen=True, kw_only=True):
    id: UUID
    name: str
    status: str
    """requested, running, done or failed."""
    requested_at: datetime | None
    finished_at: datetime | None
    error: str | None


class ProjectionView(View, frozen=True, kw_only=True):
    name: str
    schema: str
    version: int
    live: bool
    status: str
    """stopped, building or fed."""
    position: int
    lag: int
    """Events it has not read yet."""
    stopped: list[str]
    """Each slot that waits for a decision, with what it waits at."""
    error: str | None
    rebuild: RebuildView | None


class ProjectionsView(View, frozen=True, kw_only=True):
    items: list[ProjectionView]
    total: int


@RESOURCE.route("GET", "", Operation(summary="Projections and how far they are", answer=ProjectionsView, roles=ADMIN))
async def list_projections(call: Call) -> Answer:
    items = [_shown(each) for each in await call.services.operations.projections()]
    return json_answer(ProjectionsView(items=items, total=len(items)))


@RESOURCE.route(
    "POST",
    "/{name}/rebuild",
    Operation(
        summary="Have a worker build a projection anew, and switch over",
        answer=RebuildView,
        status=202,
        roles=ADMIN,
    ),
)
async def rebuild(call: Call, name: str) -> Answer:
    if name not in {each.name for each in await call.services.operations.projections()}:
        raise not_found("There is no such projection.")
    kept = await call.done(RequestRebuild(projection=name), RebuildKept)
    view = RebuildView(
        id=kept.request_id, name=name, status="requested", requested_at=None, finished_at=None, error=None
    )
    return json_answer(view, status=202, headers=[(b"location", b"/api/v1/admin/projections")])


def _shown(standing: ProjectionStanding) -> ProjectionView:
    return ProjectionView(
        name=standing.name,
        schema=standing.schema,
        version=standing.version,
        live=standing.live,
        status="stopped" if standing.stopped else standing.state,
        position=standing.position,
        lag=standing.head - standing.position,
        stopped=list(standing.stopped),
        error="; ".join(standing.errors) or None,
        rebuild=_rebuild(standing.rebuild),
    )


def _rebuild(asked: RebuildStanding | None) -> RebuildView | None:
    if asked is None:
        return None
    return RebuildView(
        id=asked.id,
        name=asked.name,
        status=asked.status,
        requested_at=asked.requested_at,
        finished_at=asked.finished_at,
        error=asked.error,
    )
