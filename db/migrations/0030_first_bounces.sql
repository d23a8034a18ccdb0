-- 1 after the first refusal that names a missing mailbox: a later request of the person is mailed once more.
ALTER TABLE suppressions ADD COLUMN may_retry integer NOT NULL DEFAULT 0;

-- When a request was mailed once more. Until its outcome is known the suppression stops no letter.
ALTER TABLE suppressions ADD COLUMN retried_at bigint;

UPDATE suppressions SET may_retry = 1 WHERE reason = 'bounced';
