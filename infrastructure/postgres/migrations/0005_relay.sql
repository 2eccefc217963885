-- How far the log has been sent to Kafka. One row, written by the leading relay alone.
CREATE TABLE till.relay (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    position  bigint NOT NULL,
    -- The last position sent to each slot; a slot that nothing was sent to is not in it.
    slots     jsonb NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO till.relay (position, slots) VALUES (0, '{}');
