"""Every event that could be recorded fits into the log and comes back as it was."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared.event import Event
from infrastructure.eventstore.codec import MAX_EVENT_BYTES
from infrastructure.eventstore.registry import CATEGORIES, event_codec
from tests.support.events import events_of

CODEC = event_codec()
KINDS = [kind for category in CATEGORIES for kind in category.events]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_is_recorded_is_what_is_read(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(events_of(kind))
    stored = CODEC.encode(event)
    assert len(stored) <= MAX_EVENT_BYTES
    assert CODEC.decode(CODEC.name(event), stored) == event
