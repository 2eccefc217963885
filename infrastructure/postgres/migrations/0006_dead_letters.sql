-- Records that Kafka brought and that could not be read, what was done about them, and by whom.
CREATE TABLE till.dead_letter (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL, -- of the projection
    slot          text NOT NULL,
    position      bigint, -- of the slot's event that it should have brought; null where the log has none for it
    topic         text NOT NULL,
    partition     integer NOT NULL,
    "offset"      bigint NOT NULL,
    key           bytea,
    value         bytea,
    header_names  bytea[] NOT NULL, -- whoever sent it may have called them anything
    header_values bytea[] NOT NULL,
    error         text NOT NULL,
    stored_at     timestamptz NOT NULL,
    status        text NOT NULL CHECK (status IN ('stopped', 'retried', 'skipped')),
    acted_by      text,
    acted_at      timestamptz,
    UNIQUE (name, topic, partition, "offset"),
    CHECK ((status = 'stopped') = (acted_by IS NULL))
);
CREATE INDEX dead_letter_stops ON till.dead_letter (name, slot) WHERE status = 'stopped';

-- What somebody chose to do without: wherever it cannot be applied again, it is passed over again.
CREATE VIEW till.skipped AS
SELECT name, slot, position, acted_by, acted_at FROM till.poison WHERE status = 'skipped'
UNION ALL
SELECT name, slot, position, acted_by, acted_at FROM till.dead_letter WHERE status = 'skipped' AND position IS NOT NULL;

-- How far each slot is: all of its events up to the position are in the tables. Kafka brings a slot its own events
-- alone, so a slot that has everything that was sent to it is as far as the relay.
CREATE VIEW till.passed AS
SELECT t.schema_name, t.slot, t.stopped,
       greatest(t.position, CASE WHEN t.position >= coalesce((r.slots ->> t.slot)::bigint, 0) THEN r.position END)
           AS position
  FROM till.tracking t LEFT JOIN till.relay r ON true;
