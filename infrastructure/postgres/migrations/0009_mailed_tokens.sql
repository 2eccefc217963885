-- Tokens that are sent by mail, as hashes, and which of an account's passwords a kept hash is of.
ALTER TABLE till.credential ADD COLUMN generation integer NOT NULL DEFAULT 0;

CREATE TABLE till.mailed_token (
    token_hash   text PRIMARY KEY,
    account_id   uuid NOT NULL,
    challenge_id uuid NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX mailed_token_by_account ON till.mailed_token (account_id);
CREATE INDEX mailed_token_by_expiry ON till.mailed_token (expires_at);

-- A password that is set twice within one batch is kept as it was set last.
CREATE OR REPLACE FUNCTION till.write_credential(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.credential (account_id, password_hash, generation)
    SELECT DISTINCT ON (account_id) account_id, password_hash, generation
      FROM jsonb_to_recordset(rows) AS r (account_id uuid, password_hash text, generation integer)
     ORDER BY account_id, generation DESC
    ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash, generation = excluded.generation;
$$;

CREATE FUNCTION till.write_mailed_token(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.mailed_token (token_hash, account_id, challenge_id, expires_at)
    SELECT token_hash, account_id, challenge_id, expires_at FROM jsonb_to_recordset(rows)
        AS r (token_hash text, account_id uuid, challenge_id uuid, expires_at timestamptz);
$$;

CREATE OR REPLACE FUNCTION till.write_forgotten(rows jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM till.person_key k USING jsonb_to_recordset(rows) AS r (person_id uuid) WHERE k.person_id = r.person_id;
    DELETE FROM till.credential c USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE c.account_id = r.account_id;
    DELETE FROM till.refresh_token t USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE t.account_id = r.account_id;
    DELETE FROM till.name_word w USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE w.account_id = r.account_id;
    DELETE FROM till.mailed_token m USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE m.account_id = r.account_id;
    SELECT pg_notify('till_forgotten', r.person_id::text) FROM jsonb_to_recordset(rows) AS r (person_id uuid);
$$;
