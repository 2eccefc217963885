-- What admins look at: the commands as an audit log, and rebuilds that they ask for.

DROP INDEX till.commands_by_time;
CREATE INDEX commands_by_time ON till.commands (recorded_at DESC, id DESC);
CREATE INDEX commands_by_name ON till.commands (name, recorded_at DESC, id DESC);
CREATE INDEX commands_refused ON till.commands (recorded_at DESC, id DESC) WHERE outcome = 'refused';

CREATE TABLE till.rebuild_request (
    id           uuid PRIMARY KEY, -- of the command
    name         text NOT NULL,
    status       text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'running', 'done', 'failed')),
    requested_at timestamptz NOT NULL,
    finished_at  timestamptz,
    error        text
);
CREATE UNIQUE INDEX rebuild_request_waits_once ON till.rebuild_request (name) WHERE status = 'requested';
CREATE INDEX rebuild_request_by_name ON till.rebuild_request (name, requested_at DESC);

CREATE FUNCTION till.write_rebuild_request(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.rebuild_request (id, name, requested_at)
    SELECT id, name, requested_at FROM jsonb_to_recordset(rows) AS r (id uuid, name text, requested_at timestamptz)
    ON CONFLICT DO NOTHING;
    SELECT pg_notify('till_rebuild', '');
$$;
