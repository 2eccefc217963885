-- Each table of the second truth brings the function that writes it, and a person who is deleted is forgotten in all.

ALTER TABLE till.refresh_token ADD COLUMN account_id uuid;
UPDATE till.refresh_token t SET account_id = e.ordering_key
  FROM till.stored_events e WHERE e.originator_id = t.session_id AND e.originator_version = 1;
DELETE FROM till.refresh_token WHERE account_id IS NULL;
ALTER TABLE till.refresh_token ALTER COLUMN account_id SET NOT NULL;
CREATE INDEX refresh_token_by_account ON till.refresh_token (account_id);

CREATE FUNCTION till.write_credential(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.credential (account_id, password_hash)
    SELECT DISTINCT ON (account_id) account_id, password_hash FROM ROWS FROM
        (jsonb_to_recordset(rows) AS (account_id uuid, password_hash text)) WITH ORDINALITY AS r (account_id, password_hash, n)
     ORDER BY account_id, n DESC
    ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash;
$$;

CREATE FUNCTION till.write_refresh_token(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.refresh_token (token_hash, session_id, account_id, generation, expires_at)
    SELECT token_hash, session_id, account_id, generation, expires_at FROM jsonb_to_recordset(rows)
        AS r (token_hash text, session_id uuid, account_id uuid, generation integer, expires_at timestamptz);
$$;

CREATE FUNCTION till.write_person_key(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.person_key (person_id, wrapped_key)
    SELECT person_id, wrapped_key FROM jsonb_to_recordset(rows) AS r (person_id uuid, wrapped_key text);
$$;

-- Whoever adds a table that knows of a person deletes from it here. Other processes hear of it, and let go of the key.
CREATE FUNCTION till.write_forgotten(rows jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM till.person_key k USING jsonb_to_recordset(rows) AS r (person_id uuid) WHERE k.person_id = r.person_id;
    DELETE FROM till.credential c USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE c.account_id = r.account_id;
    DELETE FROM till.refresh_token t USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE t.account_id = r.account_id;
    SELECT pg_notify('till_forgotten', r.person_id::text) FROM jsonb_to_recordset(rows) AS r (person_id uuid);
$$;

-- By the name of the table, `till.write_<table>`; the forgotten come last, after what the same batch wrote of them.
CREATE OR REPLACE FUNCTION till.write_side_rows(rows jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    written record;
BEGIN
    FOR written IN SELECT key, value FROM jsonb_each(rows) ORDER BY key = 'forgotten', key LOOP
        EXECUTE format('SELECT till.%I($1)', 'write_' || written.key) USING written.value;
    END LOOP;
END
$$;
