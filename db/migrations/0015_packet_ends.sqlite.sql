-- SQLite cannot change a check: the table is made again with more statuses and the time of its last build.
CREATE TABLE packets_new (
    {id_key},
    campaign_id bigint NOT NULL,
    recipient_key text NOT NULL,
    countries text NOT NULL,
    disclosure text NOT NULL,
    disclosure_asked text NOT NULL,
    locale text NOT NULL,
    include_csv integer NOT NULL,
    cut_off_size bigint NOT NULL,
    cut_off_root text NOT NULL,
    requested_at bigint NOT NULL,
    requested_by bigint NOT NULL,
    status text NOT NULL CHECK (status IN
        ('queued', 'awaiting-approval', 'building', 'declined', 'ready', 'failed', 'stale', 'ended')),
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    -- The key that orders the lines of the packet; encrypted, the same for every rebuild.
    line_key {blob} NOT NULL,
    -- The key of the file; encrypted, new for every build, null once stale or ended.
    file_key {blob},
    file_name text,
    file_bytes bigint,
    manifest text,
    manifest_jws text,
    failure text,
    lease_until bigint,
    lease_owner text,
    attempt integer NOT NULL DEFAULT 0,
    -- When the last build was published; null before.
    built_at bigint
);

-- Files from before this column count as built now.
INSERT INTO packets_new (id, campaign_id, recipient_key, countries, disclosure, disclosure_asked, locale, include_csv,
    cut_off_size, cut_off_root, requested_at, requested_by, status, done, total, line_key, file_key, file_name,
    file_bytes, manifest, manifest_jws, failure, lease_until, lease_owner, attempt, built_at)
SELECT id, campaign_id, recipient_key, countries, disclosure, disclosure_asked, locale, include_csv,
    cut_off_size, cut_off_root, requested_at, requested_by, status, done, total, line_key, file_key, file_name,
    file_bytes, manifest, manifest_jws, failure, lease_until, lease_owner, attempt,
    CASE WHEN manifest IS NOT NULL THEN unixepoch('now') * 1000 END
FROM packets;

DROP TABLE packets;

ALTER TABLE packets_new RENAME TO packets;

CREATE INDEX packets_by_campaign ON packets (campaign_id, status);
