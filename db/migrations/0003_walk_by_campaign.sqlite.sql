-- What PostgreSQL's key (campaign_id, id) does: jobs walk a campaign's signatures in order of id. Grows at its right edge.
CREATE INDEX signatures_by_campaign ON signatures (campaign_id, id);
