-- The event log, the command rows beside it, and the second truth (secrets that may not stand in events).

CREATE SCHEMA till;

CREATE TABLE till.setting (
    name  text PRIMARY KEY,
    value text NOT NULL
);
-- Slots per family. Changing it reorders keys among consumers, so it needs a drain first.
INSERT INTO till.setting VALUES ('partitions', '8');

-- One row, and the append lock: whoever updates it holds the log until its transaction ends.
CREATE TABLE till.log_head (
    singleton   boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    position    bigint NOT NULL,
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);
INSERT INTO till.log_head (position, recorded_at) VALUES (0, 'epoch');

-- The shape of the eventsourcing library's table, so that its recorder can read it; the last three columns are ours.
CREATE TABLE till.stored_events (
    originator_id      uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic              text NOT NULL,
    state              bytea NOT NULL,
    notification_id    bigint NOT NULL,
    ordering_key       uuid NOT NULL,
    command_id         uuid,
    recorded_at        timestamptz NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_vacuum_insert_threshold = 100000,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX stored_events_notification_id_idx ON till.stored_events (notification_id);

-- Idempotency record, audit log and the process managers' dedupe. No personal data, no secrets.
CREATE TABLE till.commands (
    id             uuid PRIMARY KEY,
    name           text NOT NULL,
    actor          text NOT NULL,
    correlation_id uuid NOT NULL,
    causation_id   uuid,
    fingerprint    bytea NOT NULL,
    outcome        text NOT NULL CHECK (outcome IN ('done', 'refused')),
    answer         bytea NOT NULL,
    first_position bigint,
    last_position  bigint,
    recorded_at    timestamptz NOT NULL
);
CREATE INDEX commands_by_time ON till.commands (recorded_at DESC);
CREATE INDEX commands_by_actor ON till.commands (actor, last_position DESC);

CREATE TABLE till.snapshots (
    stream   uuid PRIMARY KEY,
    category text NOT NULL,
    shape    integer NOT NULL,
    version  bigint NOT NULL,
    state    bytea NOT NULL
);

CREATE TABLE till.credential (
    account_id    uuid PRIMARY KEY,
    password_hash text NOT NULL
);

CREATE TABLE till.refresh_token (
    token_hash text PRIMARY KEY,
    session_id uuid NOT NULL,
    generation integer NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX refresh_token_by_expiry ON till.refresh_token (expires_at);

CREATE TABLE till.person_key (
    person_id   uuid PRIMARY KEY,
    wrapped_key text NOT NULL
);

CREATE FUNCTION till.write_side_rows(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.credential
    SELECT * FROM jsonb_to_recordset(rows -> 'credential') AS r (account_id uuid, password_hash text)
    ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash;
    INSERT INTO till.refresh_token
    SELECT * FROM jsonb_to_recordset(rows -> 'refresh_token')
        AS r (token_hash text, session_id uuid, generation integer, expires_at timestamptz);
    INSERT INTO till.person_key
    SELECT * FROM jsonb_to_recordset(rows -> 'person_key') AS r (person_id uuid, wrapped_key text);
$$;

-- Everything a batch writes, in one round trip. Raises TS001 where a stream that the batch relied on has moved.
-- Statement 1 takes the lock; the comparison is a later statement, because one in the locking statement would see
-- the snapshot from before the wait.
CREATE FUNCTION till.append(
    clock              timestamptz,
    read_streams       uuid[],
    read_versions      bigint[],
    event_streams      uuid[],
    event_versions     bigint[],
    event_topics       text[],
    event_states       bytea[],
    event_keys         uuid[],
    event_commands     uuid[],
    command_ids        uuid[],
    command_names      text[],
    command_actors     text[],
    command_correlations uuid[],
    command_causations uuid[],
    command_fingerprints bytea[],
    command_outcomes   text[],
    command_answers    bytea[],
    command_firsts     integer[],
    command_lasts      integer[],
    side_rows          jsonb,
    OUT head           bigint,
    OUT written_at     timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    events bigint := cardinality(event_streams);
    base   bigint;
    moved  uuid;
BEGIN
    UPDATE till.log_head h
       SET position = h.position + events, recorded_at = greatest(h.recorded_at, clock)
    RETURNING h.position, h.recorded_at INTO head, written_at;
    base := head - events;

    SELECT r.stream INTO moved
      FROM unnest(read_streams, read_versions) AS r (stream, version)
      LEFT JOIN LATERAL (
          SELECT e.originator_version FROM till.stored_events e
           WHERE e.originator_id = r.stream ORDER BY e.originator_version DESC LIMIT 1
      ) AS s ON true
     WHERE coalesce(s.originator_version, 0) <> r.version
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'stream % has moved', moved USING ERRCODE = 'TS001';
    END IF;

    INSERT INTO till.commands
    SELECT c.id, c.name, c.actor, c.correlation, c.causation, c.fingerprint, c.outcome, c.answer,
           base + c.first_event, base + c.last_event, written_at
      FROM unnest(command_ids, command_names, command_actors, command_correlations, command_causations,
                  command_fingerprints, command_outcomes, command_answers, command_firsts, command_lasts)
        AS c (id, name, actor, correlation, causation, fingerprint, outcome, answer, first_event, last_event);

    IF side_rows IS NOT NULL THEN
        PERFORM till.write_side_rows(side_rows);
    END IF;

    IF events > 0 THEN
        INSERT INTO till.stored_events
        SELECT e.stream, e.version, e.topic, e.state, base + e.n, e.key, e.command, written_at
          FROM unnest(event_streams, event_versions, event_topics, event_states, event_keys, event_commands)
            WITH ORDINALITY AS e (stream, version, topic, state, key, command, n);
        PERFORM pg_notify('till_log', '');
    END IF;
END
$$;

-- Events of streams beyond the versions known, for a reader that holds the append lock or wants a plain read.
CREATE FUNCTION till.events_beyond(streams uuid[], versions bigint[])
RETURNS TABLE (stream uuid, version bigint, topic text, state bytea) LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT r.stream, e.originator_version, e.topic, e.state
      FROM unnest(streams, versions) AS r (stream, version)
     CROSS JOIN LATERAL (
          SELECT s.originator_version, s.topic, s.state FROM till.stored_events s
           WHERE s.originator_id = r.stream AND s.originator_version > r.version
           ORDER BY s.originator_version
     ) AS e
$$;

CREATE VIEW till.event_log AS
SELECT e.notification_id AS position,
       e.originator_id AS stream,
       e.originator_version AS version,
       split_part(e.topic, ':', 1) AS type,
       split_part(e.topic, ':', 2)::integer AS type_version,
       convert_from(e.state, 'UTF8')::jsonb AS data,
       e.ordering_key,
       e.command_id,
       c.name AS command,
       c.actor,
       e.recorded_at
  FROM till.stored_events e
  LEFT JOIN till.commands c ON c.id = e.command_id;
