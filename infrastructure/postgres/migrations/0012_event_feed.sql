-- What integrations are shown of the log, each event under a number of its own: gap-free, in log order, for ever the same.
CREATE TABLE till.feed (
    sequence bigint PRIMARY KEY,
    position bigint NOT NULL UNIQUE
);

-- How far the log has been numbered. One row, and the lock of whoever numbers on.
CREATE TABLE till.feed_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    sequence  bigint NOT NULL,
    position  bigint NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO till.feed_head (sequence, position) VALUES (0, 0);

-- Numbers up to `most` further positions and gives how many that were; it ends before an event of a type in neither
-- list, which newer code wrote and newer code has to number. The number of an event follows from the log alone, so what
-- a crash of the server takes back is numbered alike again, and need not be waited for.
CREATE FUNCTION till.number_events(shown text[], withheld text[], most integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    done     bigint;
    last     bigint;
    upto     bigint;
    numbered bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT sequence, position INTO last, done FROM till.feed_head FOR UPDATE;
    SELECT least(position, done + most) INTO upto FROM till.log_head;
    SELECT coalesce(min(notification_id) - 1, upto) INTO upto FROM till.stored_events
     WHERE notification_id > done AND notification_id <= upto AND split_part(topic, ':', 1) <> ALL (shown || withheld);
    IF upto <= done THEN
        RETURN 0;
    END IF;
    INSERT INTO till.feed (sequence, position)
    SELECT last + row_number() OVER (ORDER BY notification_id), notification_id FROM till.stored_events
     WHERE notification_id > done AND notification_id <= upto AND split_part(topic, ':', 1) = ANY (shown);
    GET DIAGNOSTICS numbered = ROW_COUNT;
    UPDATE till.feed_head SET sequence = last + numbered, position = upto;
    RETURN upto - done;
END
$$;
