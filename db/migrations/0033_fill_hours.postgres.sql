-- What is known of earlier signatures. The time is part of the id, so that erased rows have one too; their letters and
-- confirmations are not known any more. The next run of the job adds old hours to their days.
INSERT INTO counters_by_hour (campaign_id, hour, country, writer, signed, letters, pressed, confirmed)
SELECT campaign_id, hour, country, 0, SUM(signed), SUM(letters), SUM(pressed), SUM(confirmed)
FROM (
    SELECT campaign_id, (1577836800000 + id / 2097152) / 3600000 AS hour, country,
           1 AS signed, 0 AS letters, 0 AS pressed, 0 AS confirmed
    FROM signatures
    UNION ALL
    SELECT s.campaign_id, COALESCE(l.sent_at, l.created_at) / 3600000, s.country, 0, 1, 0, 0
    FROM letters l JOIN signatures s ON s.campaign_id = l.campaign_id AND s.id = l.signature_id
    WHERE l.kind = 'confirm' AND l.state = 'sent' AND NOT EXISTS (
        SELECT 1 FROM letters e
        WHERE e.campaign_id = l.campaign_id AND e.signature_id = l.signature_id
          AND e.kind = 'confirm' AND e.state = 'sent' AND e.id < l.id)
    UNION ALL
    SELECT campaign_id, confirmed_at / 3600000, country,
           0, 0, 1, CASE WHEN state = 'confirmed' AND hold_reason IS NULL THEN 1 ELSE 0 END
    FROM signatures WHERE confirmed_at IS NOT NULL
) AS known
GROUP BY campaign_id, hour, country;

INSERT INTO counters_by_provider (campaign_id, hour, provider, writer, signed, letters, pressed)
SELECT campaign_id, hour, 'unknown', 0, SUM(signed), SUM(letters), SUM(pressed)
FROM counters_by_hour GROUP BY campaign_id, hour;
