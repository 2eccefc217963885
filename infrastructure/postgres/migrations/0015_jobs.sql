-- Due commands as jobs: since when there is one, what was last done with it, who holds it, and how often somebody has
-- tried it anew. The tables are in the schemas of the process managers.
DO $$
DECLARE
    schema text;
BEGIN
    FOR schema IN SELECT schema_name FROM till.projection_instance
                   WHERE to_regclass(format('%I.due', schema_name)) IS NOT NULL LOOP
        EXECUTE format($due$
            ALTER TABLE %1$I.due
                ADD COLUMN asked_at   timestamptz NOT NULL DEFAULT 'epoch',
                ADD COLUMN changed_at timestamptz NOT NULL DEFAULT 'epoch',
                ADD COLUMN version    integer     NOT NULL DEFAULT 1,
                ADD COLUMN rounds     integer     NOT NULL DEFAULT 0,
                ADD COLUMN leased_by  text;
            UPDATE %1$I.due AS d SET asked_at = c.recorded_at, changed_at = coalesce(d.finished_at, c.recorded_at)
              FROM till.commands AS c WHERE c.id = d.cause;
            CREATE INDEX due_by_moment ON %1$I.due ((greatest(due_at, asked_at)), id);
            CREATE INDEX due_dead ON %1$I.due (name) WHERE status = 'dead';
        $due$, schema);
    END LOOP;
END
$$;
