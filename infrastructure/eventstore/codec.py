"""Events to bytes and back, under topics that outlive every refactoring."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from domain.shared.category import Category
from domain.shared.event import Event

MAX_EVENT_BYTES = 512 * 1024

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""Pure: the JSON of one version of a topic to the JSON of the next version."""


class UnknownTopic(LookupError):
    """The log holds a topic or version this code has no class or upcast for: it was written by newer code."""


class EventCodec:
    """Encodes under `topic:version`; decodes every version ever written, older ones through their upcasts."""

    def __init__(
        self, categories: Sequence[Category[Any, Any]], upcasts: Mapping[tuple[str, int], Upcast] | None = None
    ) -> None:
        self._upcasts = dict(upcasts or {})
        self._encoder = msgspec.json.Encoder()
        self._names: dict[type[Event], str] = {}
        self._current: dict[str, tuple[int, msgspec.json.Decoder[Event]]] = {}
        self._categories: dict[str, Category[Any, Any]] = {}
        self.decoders: dict[str, msgspec.json.Decoder[Event]] = {}
        for category in categories:
            for kind in category.events:
                self._register(kind, category)

    def _register(self, kind: type[Event], category: Category[Any, Any]) -> None:
        if kind.topic in self._current:
            raise ValueError(f"two events are named {kind.topic}")
        name = f"{kind.topic}:{kind.schema_version}"
        decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(kind)
        self._names[kind] = name
        self._current[kind.topic] = (kind.schema_version, decoder)
        self._categories[kind.topic] = category
        self.decoders[name] = decoder

    def name(self, event: Event) -> str:
        """The topic on disk, `ordering.order-placed:1`."""
        return self._names[type(event)]

    def encode(self, event: Event) -> bytes:
        return self._encoder.encode(event)

    def category(self, name: str) -> Category[Any, Any]:
        """The category that events of this topic on disk belong to."""
        category = self._categories.get(name.partition(":")[0])
        if category is None:
            raise UnknownTopic(name)
        return category

    def decode(self, name: str, state: bytes) -> Event:
        """Raises UnknownTopic, or msgspec.ValidationError where the bytes do not fit the class."""
        decoder = self.decoders.get(name)
        return decoder.decode(state) if decoder is not None else self._decode_older(name, state)

    def _decode_older(self, name: str, state: bytes) -> Event:
        topic, _, version = name.partition(":")
        current = self._current.get(topic)
        if current is None or not version.isdecimal() or int(version) > current[0]:
            raise UnknownTopic(name)
        data = msgspec.json.decode(state)
        for step in range(int(version), current[0]):
            upcast = self._upcasts.get((topic, step))
            if upcast is None:
                raise UnknownTopic(f"{name}: no upcast from version {step}")
            data = upcast(data)
        return current[1].decode(msgspec.json.encode(data))
