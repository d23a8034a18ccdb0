-- What staff write into the timeline of a campaign (domain/Timeline). The words, figures and sources are one JSON
-- object, because they are always read and written together.
CREATE TABLE timeline_entries (
    id bigint PRIMARY KEY,
    campaign_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('update', 'development', 'event')),
    state text NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    version integer NOT NULL,
    -- Null until the update is published.
    on_day text,
    content text NOT NULL,
    -- The countries of the organiser who wrote it; null for one of a campaigner.
    countries text,
    created_at bigint NOT NULL,
    created_by bigint,
    saved_at bigint NOT NULL,
    saved_by bigint,
    published_at bigint,
    corrected_at bigint,
    withdrawn_at bigint
);
CREATE INDEX timeline_entries_by_campaign ON timeline_entries (campaign_id, kind, id);

-- What a published entry said before each correction.
CREATE TABLE timeline_versions (
    entry_id bigint NOT NULL,
    version integer NOT NULL,
    on_day text NOT NULL,
    content text NOT NULL,
    saved_at bigint NOT NULL,
    saved_by bigint,
    PRIMARY KEY (entry_id, version)
);

-- Numbers of confirmed signatures that were reached. The country is empty for the whole campaign.
CREATE TABLE milestones (
    campaign_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('goal', 'country-goal', 'round')),
    country text NOT NULL,
    number bigint NOT NULL,
    reached_on text NOT NULL,
    PRIMARY KEY (campaign_id, kind, country, number)
);
