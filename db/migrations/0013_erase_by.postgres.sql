-- The latest erasure that a signer was promised. A later change of the campaign does not put it off. Signatures from
-- before this column get the date of their campaign.
ALTER TABLE signatures ADD COLUMN erase_by bigint;

-- The earliest promised erasure that is not yet done, or an earlier time; null when nothing is promised.
ALTER TABLE campaigns ADD COLUMN next_erasure bigint;

-- As Retention.PromisedAt (domain/Campaigns/Retention.cs): a day has 86,400,000 milliseconds.
UPDATE campaigns
SET next_erasure = CASE
    WHEN closes_at IS NOT NULL THEN GREATEST(closes_at, COALESCE(extract(epoch FROM hand_over_on::date)::bigint * 1000 + 86400000, 0)) + erase_after_days * 86400000::bigint
    WHEN closed_at IS NOT NULL THEN
        GREATEST(GREATEST(closed_at, COALESCE(extract(epoch FROM hand_over_on::date)::bigint * 1000 + 86400000, 0)) + erase_after_days * 86400000::bigint, closed_at + 30 * 86400000::bigint)
    WHEN COALESCE(extract(epoch FROM hand_over_on::date)::bigint * 1000 + 86400000, 0) > extract(epoch FROM now())::bigint * 1000 THEN COALESCE(extract(epoch FROM hand_over_on::date)::bigint * 1000 + 86400000, 0) + erase_after_days * 86400000::bigint
    ELSE extract(epoch FROM now())::bigint * 1000 + GREATEST(erase_after_days, 30) * 86400000::bigint
    END
WHERE erase_after_days IS NOT NULL;

UPDATE signatures
SET erase_by = (SELECT next_erasure FROM campaigns WHERE campaigns.id = signatures.campaign_id)
WHERE contact IS NOT NULL;
