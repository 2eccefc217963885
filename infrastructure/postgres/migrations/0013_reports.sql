-- Files of reports, in parts; `written` counts rows. A draft is nobody's file until the append that says that the report is produced.
CREATE TABLE till.report_file (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    report_id uuid NOT NULL,
    written   bigint NOT NULL DEFAULT 0,
    published boolean NOT NULL DEFAULT false
);
CREATE INDEX report_file_by_report ON till.report_file (report_id);
CREATE UNIQUE INDEX report_has_one_file ON till.report_file (report_id) WHERE published;

CREATE TABLE till.report_part (
    file_id uuid NOT NULL REFERENCES till.report_file ON DELETE CASCADE,
    number  integer NOT NULL,
    data    bytea NOT NULL,
    PRIMARY KEY (file_id, number)
);
ALTER TABLE till.report_part ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE FUNCTION till.write_published_report_file(rows jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    found bigint;
BEGIN
    SELECT count(*) INTO wanted FROM jsonb_to_recordset(rows) AS r (report_id uuid, file_id uuid);
    UPDATE till.report_file f SET published = true FROM jsonb_to_recordset(rows) AS r (report_id uuid, file_id uuid)
     WHERE f.id = r.file_id AND f.report_id = r.report_id;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found <> wanted THEN
        RAISE EXCEPTION 'the draft of a report is gone';
    END IF;
END
$$;

-- Its parts are thrown away later, when nobody waits for the log.
CREATE FUNCTION till.write_retracted_report_file(rows jsonb) RETURNS void LANGUAGE sql AS $$
    UPDATE till.report_file f SET published = false FROM jsonb_to_recordset(rows) AS r (report_id uuid)
     WHERE f.report_id = r.report_id AND f.published;
$$;
