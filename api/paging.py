"""Pages of lists: by number, or by a cursor for deep and moving ones."""

import base64
import binascii
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import Field

from api.fields import Body, Opaque
from api.problems import invalid

T = TypeVar("T")

MOST_PAGES = 100_000


class PageQuery(Body):
    """Which part of a list; a list with filters adds its own."""

    page: Annotated[int, Field(ge=1, le=MOST_PAGES)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Opaque | None = None

    @property
    def offset(self) -> int:
        """Raises a Problem where both a page and a cursor were asked for."""
        if self.cursor is not None and self.page is not None:
            raise invalid("/cursor", "Either a page or a cursor.")
        return ((self.page or 1) - 1) * self.limit

    def counted(self, total: int) -> dict[str, Any]:
        """What a page's answer says of the whole."""
        page = None if self.cursor else self.page or 1
        return {"page": page, "limit": self.limit, "total": total, "pages": -(-total // self.limit)}


def cursor_of(*parts: object) -> str:
    """Opaque to clients."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).rstrip(b"=").decode()


def parts_of(cursor: str, kind: type[T]) -> T:
    """Raises a Problem for what was never a cursor of this list."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise invalid("/cursor", "This is not a cursor of this list.") from error
