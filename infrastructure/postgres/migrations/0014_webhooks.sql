-- Where webhooks go and how far each is. What an admin decides is written by the append that records it; the rest by
-- whoever holds the lease and can prove it by the token.
CREATE TABLE till.webhook (
    id            uuid PRIMARY KEY,
    url           text NOT NULL,
    description   text NOT NULL,
    types         text[] NOT NULL,
    stopped       text,
    generation    integer NOT NULL,
    former_until  timestamptz,
    version       bigint NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    -- The log's position when it was registered: what happened later is sent.
    began_at      bigint NOT NULL,
    -- Everything up to this number of the feed is done with; NULL until the position above has a number.
    after         bigint,
    -- Numbers beyond it that are done with as well: those of other keys than the ones that are held back.
    ahead         bigint[] NOT NULL DEFAULT '{}',
    -- How far the feed was looked at.
    seen          bigint NOT NULL DEFAULT 0,
    -- Failures since it last took something, since when, and until when nothing at all is tried.
    streak        integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    again_at      timestamptz,
    -- When the first of the keys that are held back is tried again.
    retry_at      timestamptz,
    token         bigint NOT NULL DEFAULT 0,
    lease_until   timestamptz
);
CREATE INDEX webhook_by_age ON till.webhook (created_at DESC, id DESC);

-- Ordering keys whose next event was not taken; what follows it waits.
CREATE TABLE till.webhook_held (
    webhook_id   uuid NOT NULL REFERENCES till.webhook ON DELETE CASCADE,
    ordering_key uuid NOT NULL,
    attempts     integer NOT NULL,
    since        timestamptz NOT NULL,
    again_at     timestamptz NOT NULL,
    PRIMARY KEY (webhook_id, ordering_key)
);

-- The latest tries, for those who look why something did not arrive.
CREATE TABLE till.webhook_delivery (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id   uuid NOT NULL REFERENCES till.webhook ON DELETE CASCADE,
    sequence     bigint NOT NULL,
    event_id     text NOT NULL,
    event_type   text NOT NULL,
    attempt      integer NOT NULL,
    at           timestamptz NOT NULL,
    milliseconds integer NOT NULL,
    status       integer,
    error        text
);
CREATE INDEX webhook_delivery_by_webhook ON till.webhook_delivery (webhook_id, id DESC);

-- A new token: whoever is sending to the former address, or under the former secret, records nothing more.
CREATE FUNCTION till.write_webhook(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.webhook AS w (id, url, description, types, stopped, generation, former_until, version, created_at,
                                   updated_at, began_at)
    SELECT DISTINCT ON (id) id, url, description, types, stopped, generation, former_until, version, created_at,
           updated_at, (SELECT position FROM till.log_head)
      FROM jsonb_to_recordset(rows) AS r (id uuid, url text, description text, types text[], stopped text,
           generation integer, former_until timestamptz, version bigint, created_at timestamptz, updated_at timestamptz)
     ORDER BY id, version DESC
    ON CONFLICT (id) DO UPDATE
       SET url = excluded.url, description = excluded.description, types = excluded.types, stopped = excluded.stopped,
           generation = excluded.generation, former_until = excluded.former_until, version = excluded.version,
           updated_at = excluded.updated_at, token = w.token + 1, lease_until = NULL, seen = 0, streak = 0,
           again_at = NULL, failing_since = NULL, retry_at = NULL;
    DELETE FROM till.webhook_held h USING jsonb_to_recordset(rows) AS r (id uuid) WHERE h.webhook_id = r.id;
    SELECT pg_notify('till_webhooks', '');
$$;

CREATE FUNCTION till.write_webhook_replay(rows jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE till.webhook w SET after = r.after, ahead = '{}', seen = 0
      FROM (SELECT DISTINCT ON (id) id, after FROM jsonb_to_recordset(rows) AS r (id uuid, after bigint, version bigint)
             ORDER BY id, version DESC) AS r
     WHERE w.id = r.id;
$$;

CREATE FUNCTION till.write_webhook_removal(rows jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM till.webhook w USING jsonb_to_recordset(rows) AS r (id uuid) WHERE w.id = r.id;
$$;
