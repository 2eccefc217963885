-- Where every read model and process manager stands: its instances, the live one, and what it has consumed per slot.

-- One schema of tables. A rebuild is another instance of the same name, beside the live one.
CREATE TABLE till.projection_instance (
    schema_name text PRIMARY KEY,
    name        text NOT NULL,
    version     integer NOT NULL,
    number      integer NOT NULL,
    state       text NOT NULL CHECK (state IN ('building', 'fed')),
    created_at  timestamptz NOT NULL,
    UNIQUE (name, number)
);

-- The live pointer: what queries read and executors serve.
CREATE TABLE till.projection (
    name        text PRIMARY KEY,
    live_schema text NOT NULL REFERENCES till.projection_instance
);

-- Everything at or below the position is in the tables; moved in the same transaction as they are.
CREATE TABLE till.tracking (
    schema_name text NOT NULL REFERENCES till.projection_instance ON DELETE CASCADE,
    slot        text NOT NULL,
    position    bigint NOT NULL,
    stopped     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (schema_name, slot)
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);

-- Events that could not be applied, what was done about them, and by whom. Kept when an instance is dropped.
CREATE TABLE till.poison (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    schema_name text NOT NULL,
    name        text NOT NULL,
    slot        text NOT NULL,
    position    bigint NOT NULL,
    stream      uuid NOT NULL,
    type        text NOT NULL,
    error       text NOT NULL,
    stopped_at  timestamptz NOT NULL,
    status      text NOT NULL CHECK (status IN ('stopped', 'retried', 'skipped')),
    acted_by    text,
    acted_at    timestamptz,
    CHECK ((status = 'stopped') = (acted_by IS NULL))
);
CREATE UNIQUE INDEX poison_stops_a_slot_once ON till.poison (schema_name, slot) WHERE status = 'stopped';
CREATE INDEX poison_by_position ON till.poison (name, position);
