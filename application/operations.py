"""What admins have the shop do with its own tables."""

from typing import ClassVar
from uuid import UUID

from application.access import admitted
from application.ports.commands import Command, Result
from application.ports.side_rows import RebuildRequest
from application.ports.work import Work
from domain.accounts.events import Role


class RebuildKept(Result, frozen=True, kw_only=True):
    request_id: UUID
    projection: str


class RequestRebuild(Command, frozen=True, kw_only=True):
    """Have a worker build the projection anew beside the live one, and switch over."""

    name: ClassVar[str] = "operations.request-rebuild"
    projection: str


def request_rebuild(command: RequestRebuild, work: Work) -> RebuildKept:
    """No event: what is read does not change by it. One that waits already is enough."""
    admitted(work, Role.ADMIN)
    work.attach(RebuildRequest(id=work.command_id, name=command.projection, requested_at=work.now))
    return RebuildKept(request_id=work.command_id, projection=command.projection)
