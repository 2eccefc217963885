"""What every event is: an immutable fact with a name and a version of its own on disk."""

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that happened to one stream. Its JSON form is pinned by a golden file per (topic, version)."""

    topic: ClassVar[str]
    """The name on disk, `context.noun-past-participle`; never a module path."""
    schema_version: ClassVar[int] = 1
    """Raised when the stored shape changes; older versions reach the class through upcasts."""
