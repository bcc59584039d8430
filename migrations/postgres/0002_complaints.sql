-- Complaints: categories, causes, severity, remedies; whose messages they are, and by which rules.

CREATE TABLE ticket_categories (
    id          UUID NOT NULL PRIMARY KEY,
    parent_id   UUID REFERENCES ticket_categories,
    name        TEXT NOT NULL,
    attach      TEXT NOT NULL,                            -- 'attach' or 'offer' what its customer writes elsewhere
    severity    TEXT NOT NULL,                            -- of a new ticket
    due_hours   BIGINT,                                   -- of a new ticket, after it was opened
    recurs_days BIGINT NOT NULL,                          -- the same again within these is counted
    reopen_days BIGINT NOT NULL,                          -- a reply within these after solving reopens
    archived    BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE TABLE ticket_causes (
    id         UUID NOT NULL PRIMARY KEY,
    parent_id  UUID REFERENCES ticket_causes,
    name       TEXT NOT NULL,
    archived   BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

-- A complaint cannot be solved without a cause, so there are some to begin with. The house renames them.
INSERT INTO ticket_causes (id, parent_id, name, archived, created_at) VALUES
    ('019acb1c000070008000000000000001', NULL, 'Our mistake', FALSE, 0),
    ('019acb1c000070008000000000000002', NULL, 'Carrier or supplier', FALSE, 0),
    ('019acb1c000070008000000000000003', NULL, 'Misunderstanding', FALSE, 0),
    ('019acb1c000070008000000000000004', NULL, 'Not found out', FALSE, 0);

-- How it ended becomes what was done for the customer.
ALTER TABLE tickets RENAME COLUMN outcome TO remedy;
ALTER TABLE tickets ADD COLUMN remedy_cost BIGINT;         -- in minor units of the currency
ALTER TABLE tickets ADD COLUMN remedy_currency TEXT;
ALTER TABLE tickets ADD COLUMN category_id UUID REFERENCES ticket_categories;
ALTER TABLE tickets ADD COLUMN cause_id UUID REFERENCES ticket_causes;
ALTER TABLE tickets ADD COLUMN severity TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE tickets ADD COLUMN due_at BIGINT;
ALTER TABLE tickets ADD COLUMN team_id UUID REFERENCES teams;
ALTER TABLE tickets ADD COLUMN solved_by UUID REFERENCES officers;
ALTER TABLE tickets ADD COLUMN follows_id UUID REFERENCES tickets (id);   -- which one it goes on from
-- What has no due time comes after what has one.
CREATE INDEX tickets_due ON tickets (status, COALESCE(due_at, 9223372036854775807), id);
CREATE INDEX tickets_owner ON tickets (owner_id, status, opened_at, id);
CREATE INDEX tickets_follows ON tickets (follows_id) WHERE follows_id IS NOT NULL;
CREATE INDEX tickets_category ON tickets (category_id) WHERE category_id IS NOT NULL;
CREATE INDEX tickets_cause ON tickets (cause_id) WHERE cause_id IS NOT NULL;

CREATE TABLE ticket_messages (
    ticket_id   UUID NOT NULL REFERENCES tickets (id),
    message_id  UUID NOT NULL REFERENCES messages (id),
    attached_at BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, message_id)
);
CREATE INDEX ticket_messages_message ON ticket_messages (message_id);
-- What was said in a ticket's conversations until now is the ticket's.
INSERT INTO ticket_messages (ticket_id, message_id, attached_at)
    SELECT tc.ticket_id, m.id, tc.attached_at
    FROM ticket_conversations tc JOIN messages m ON m.conversation_id = tc.conversation_id;

-- Conversations that may be about a ticket, for an officer to decide.
CREATE TABLE ticket_offers (
    id              UUID NOT NULL PRIMARY KEY,
    ticket_id       UUID NOT NULL REFERENCES tickets (id),
    conversation_id UUID NOT NULL REFERENCES conversations (id),
    message_id      UUID REFERENCES messages (id),       -- from which on; none is from its beginning
    state           TEXT NOT NULL,                        -- open, accepted, refused
    created_at      BIGINT NOT NULL,
    decided_at      BIGINT,
    decided_by      UUID REFERENCES officers,
    UNIQUE (conversation_id, ticket_id)
);
CREATE INDEX ticket_offers_ticket ON ticket_offers (ticket_id);

-- What comes to an address or a channel opens a ticket.
CREATE TABLE ticket_rules (
    id          UUID NOT NULL PRIMARY KEY,
    channel_id  UUID REFERENCES channels,
    address     TEXT,
    kind        TEXT NOT NULL,
    category_id UUID REFERENCES ticket_categories,
    severity    TEXT,                                     -- the category's if none is given
    team_id     UUID REFERENCES teams,
    enabled     BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL
);

CREATE INDEX events_ticket ON events (ticket_id, seq) WHERE ticket_id IS NOT NULL;
