-- The latest erasure that a signer was promised. A later change of the campaign does not put it off. Signatures from
-- before this column get the date of their campaign.
ALTER TABLE signatures ADD COLUMN erase_by bigint;

-- The earliest promised erasure that is not yet done, or an earlier time; null when nothing is promised.
ALTER TABLE campaigns ADD COLUMN next_erasure bigint;

-- As Retention.PromisedAt (domain/Campaigns/Retention.cs): a day has 86,400,000 milliseconds.
UPDATE campaigns
SET next_erasure = CASE
    WHEN closes_at IS NOT NULL THEN MAX(closes_at, COALESCE(unixepoch(hand_over_on) * 1000 + 86400000, 0)) + erase_after_days * 86400000
    WHEN closed_at IS NOT NULL THEN
        MAX(MAX(closed_at, COALESCE(unixepoch(hand_over_on) * 1000 + 86400000, 0)) + erase_after_days * 86400000, closed_at + 30 * 86400000)
    WHEN COALESCE(unixepoch(hand_over_on) * 1000 + 86400000, 0) > unixepoch('now') * 1000 THEN COALESCE(unixepoch(hand_over_on) * 1000 + 86400000, 0) + erase_after_days * 86400000
    ELSE unixepoch('now') * 1000 + MAX(erase_after_days, 30) * 86400000
    END
WHERE erase_after_days IS NOT NULL;

UPDATE signatures
SET erase_by = (SELECT next_erasure FROM campaigns WHERE campaigns.id = signatures.campaign_id)
WHERE contact IS NOT NULL;
