-- Jobs read a campaign's signatures in order of id. On PostgreSQL the key (campaign_id, id) serves this.
CREATE INDEX signatures_by_campaign ON signatures (campaign_id, id);
