-- A keyed hash of the address without its tag; null where the address has none.
ALTER TABLE signatures ADD COLUMN folded_index {blob};

CREATE INDEX signatures_folded ON signatures (campaign_id, folded_index) WHERE folded_index IS NOT NULL;

-- How many letters went to a mailbox over all campaigns: since the first letter of the hour, and of the day. Rows are
-- deleted after a day.
CREATE TABLE mailbox_letters (
    hash {blob} NOT NULL PRIMARY KEY,
    hour_from bigint NOT NULL,
    in_hour integer NOT NULL,
    day_from bigint NOT NULL,
    in_day integer NOT NULL
) WITHOUT ROWID;

CREATE INDEX mailbox_letters_by_age ON mailbox_letters (day_from);
