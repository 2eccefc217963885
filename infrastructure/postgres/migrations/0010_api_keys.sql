-- Hashes of API keys, found by the hash alone; a revoked key's is gone.
CREATE TABLE till.api_key (
    secret_hash text PRIMARY KEY,
    key_id      uuid NOT NULL UNIQUE,
    account_id  uuid NOT NULL
);
CREATE INDEX api_key_by_account ON till.api_key (account_id);

CREATE FUNCTION till.write_api_key(rows jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO till.api_key (secret_hash, key_id, account_id)
    SELECT secret_hash, key_id, account_id FROM jsonb_to_recordset(rows)
        AS r (secret_hash text, key_id uuid, account_id uuid);
$$;

CREATE FUNCTION till.write_revoked_api_key(rows jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM till.api_key k USING jsonb_to_recordset(rows) AS r (key_id uuid) WHERE k.key_id = r.key_id;
$$;

CREATE OR REPLACE FUNCTION till.write_forgotten(rows jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM till.person_key k USING jsonb_to_recordset(rows) AS r (person_id uuid) WHERE k.person_id = r.person_id;
    DELETE FROM till.credential c USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE c.account_id = r.account_id;
    DELETE FROM till.refresh_token t USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE t.account_id = r.account_id;
    DELETE FROM till.name_word w USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE w.account_id = r.account_id;
    DELETE FROM till.mailed_token m USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE m.account_id = r.account_id;
    DELETE FROM till.api_key k USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE k.account_id = r.account_id;
    SELECT pg_notify('till_forgotten', r.person_id::text) FROM jsonb_to_recordset(rows) AS r (person_id uuid);
$$;
