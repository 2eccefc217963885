"""Every event that could be recorded keeps to the schema that it is published with."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared.event import Event
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from infrastructure.streaming.event_schemas import schema_of
from tests.support.events import events_of
from tests.support.json_schema import problems

CODEC = event_codec()
PUBLISHED = [kind for category in CATEGORIES if category.family for kind in category.events]


@pytest.mark.parametrize("kind", PUBLISHED, ids=lambda kind: kind.__name__)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_an_event_keeps_to_its_schema(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(events_of(kind))
    assert problems(schema_of(kind), msgspec.json.decode(CODEC.encode(event))) == []
