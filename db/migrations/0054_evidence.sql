-- Files that show what happened in an attempt or what an answer says. The files are in Evidence:Directory.
CREATE TABLE handover_evidence (
    id bigint PRIMARY KEY,
    handover_id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    -- The attempt or answer, by its number.
    subject text NOT NULL CHECK (subject IN ('attempt', 'answer')),
    subject_number integer NOT NULL,
    number integer NOT NULL,
    media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'application/pdf')),
    bytes bigint NOT NULL,
    file_name text NOT NULL,
    recorded_at bigint NOT NULL,
    recorded_by bigint,
    erased_at bigint,
    -- Null once the file is erased.
    sha256 text,
    -- Encrypted. Null once the file is erased: nothing can decrypt it then.
    file_key {blob},
    UNIQUE (handover_id, subject, subject_number, number)
);
CREATE INDEX handover_evidence_by_campaign ON handover_evidence (campaign_id);
