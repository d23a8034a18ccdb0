-- A country may be listed without a goal of its own. SQLite cannot drop NOT NULL, so the table is made again.
CREATE TABLE campaign_countries_new (
    campaign_id bigint NOT NULL,
    country text NOT NULL,
    goal integer,
    locale text,
    position integer NOT NULL,
    PRIMARY KEY (campaign_id, country)
);
INSERT INTO campaign_countries_new (campaign_id, country, goal, locale, position)
SELECT campaign_id, country, goal, locale, position FROM campaign_countries;
DROP TABLE campaign_countries;
ALTER TABLE campaign_countries_new RENAME TO campaign_countries;
