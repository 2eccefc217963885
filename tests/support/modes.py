"""The two ways that a shop runs, for stories that have to come out alike in both."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from tests.support.broker import SESSION

_SHOPS = count(1)


@dataclass(frozen=True, slots=True)
class Mode:
    """`broker` is None where everything runs in process."""

    broker: str | None

    @property
    def distributed(self) -> bool:
        return self.broker is not None

    def environment(self) -> Mapping[str, str]:
        """Of one shop: its topics are its own, as its database is."""
        if self.broker is None:
            return {}
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.broker,
            "KAFKA_TOPIC_PREFIX": f"{SESSION}-shop-{next(_SHOPS)}",
            "KAFKA_RETENTION": "1h",
        }
