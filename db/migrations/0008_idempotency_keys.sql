-- The answers to staff requests with an Idempotency-Key, for 24 hours: the same request gets the same answer and
-- creates nothing again. Key and request are stored as hashes.
CREATE TABLE idempotency_keys (
    staff_id bigint NOT NULL,
    key_hash {blob} NOT NULL,
    request_hash {blob} NOT NULL,
    created_at bigint NOT NULL,
    status integer,
    location text,
    etag text,
    body {blob},
    PRIMARY KEY (staff_id, key_hash)
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
