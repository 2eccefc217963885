-- The blind index of names: keyed digests of their words, which go with the person.
CREATE TABLE till.name_word (
    word       text NOT NULL,
    account_id uuid NOT NULL,
    PRIMARY KEY (word, account_id)
);
CREATE INDEX name_word_by_account ON till.name_word (account_id);

-- The name that an account was given last in the batch counts, and replaces all words of the one before.
CREATE FUNCTION till.write_name_word(rows jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM till.name_word w USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE w.account_id = r.account_id;
    INSERT INTO till.name_word (word, account_id)
    SELECT DISTINCT word, last.account_id
      FROM (SELECT DISTINCT ON (value ->> 'account_id') (value ->> 'account_id')::uuid AS account_id, value -> 'words' AS words
              FROM jsonb_array_elements(rows) WITH ORDINALITY AS each (value, n)
             ORDER BY value ->> 'account_id', n DESC) AS last
     CROSS JOIN LATERAL jsonb_array_elements_text(last.words) AS word;
$$;

CREATE OR REPLACE FUNCTION till.write_forgotten(rows jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM till.person_key k USING jsonb_to_recordset(rows) AS r (person_id uuid) WHERE k.person_id = r.person_id;
    DELETE FROM till.credential c USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE c.account_id = r.account_id;
    DELETE FROM till.refresh_token t USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE t.account_id = r.account_id;
    DELETE FROM till.name_word w USING jsonb_to_recordset(rows) AS r (account_id uuid) WHERE w.account_id = r.account_id;
    SELECT pg_notify('till_forgotten', r.person_id::text) FROM jsonb_to_recordset(rows) AS r (person_id uuid);
$$;
