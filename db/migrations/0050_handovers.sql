-- How long a recipient has to answer; null for the term of the campaign.
ALTER TABLE recipients ADD COLUMN answer_days integer;
ALTER TABLE recipients ADD COLUMN answer_kind text CHECK (answer_kind IN ('calendar', 'working'));
ALTER TABLE recipients ADD COLUMN answer_holidays text;

-- Hand-overs of packets to a recipient. Their state is computed from attempts and answers (domain/Handovers).
CREATE TABLE handovers (
    id bigint PRIMARY KEY,
    campaign_id bigint NOT NULL,
    recipient_key text NOT NULL,
    occasion text,
    planned_on text,
    -- The local time of the recipient, such as 11:30.
    planned_time text,
    is_public integer NOT NULL,
    created_at bigint NOT NULL,
    created_by bigint,
    cancelled_at bigint,
    -- Encrypted. Null where staff wrote nothing, and once they are erased.
    place {blob},
    delegation {blob},
    note {blob}
);
CREATE INDEX handovers_by_campaign ON handovers (campaign_id, id);

CREATE TABLE handover_packets (
    handover_id bigint NOT NULL,
    packet_id bigint NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (handover_id, packet_id)
);
CREATE INDEX handover_packets_by_packet ON handover_packets (packet_id);

CREATE TABLE handover_attempts (
    id bigint PRIMARY KEY,
    handover_id bigint NOT NULL,
    number integer NOT NULL,
    on_day text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('received', 'left-outside', 'refused', 'posted', 'returned')),
    packets text NOT NULL,
    recorded_at bigint NOT NULL,
    recorded_by bigint,
    corrected_at bigint,
    -- Encrypted, as above.
    place {blob},
    carried_by {blob},
    reference {blob},
    note {blob},
    UNIQUE (handover_id, number)
);

CREATE TABLE handover_answers (
    id bigint PRIMARY KEY,
    handover_id bigint NOT NULL,
    number integer NOT NULL,
    on_day text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('full', 'partial', 'refused', 'acknowledged')),
    summary text NOT NULL,
    source text,
    recorded_at bigint NOT NULL,
    recorded_by bigint,
    corrected_at bigint,
    UNIQUE (handover_id, number)
);
