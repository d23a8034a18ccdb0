-- An IANA name, in which the campaign's times are shown; null for the zone of its first country.
ALTER TABLE campaigns ADD COLUMN time_zone text;
