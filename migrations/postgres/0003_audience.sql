-- Whether a contact agreed to offers, by kind of channel. No row: he never said. How it came to be so is told by
-- the events `consent.changed`.
CREATE TABLE consents (
    contact_id   UUID   NOT NULL REFERENCES contacts,
    channel_kind TEXT   NOT NULL,
    purpose      TEXT   NOT NULL,                          -- 'offers'
    state        TEXT   NOT NULL,                          -- granted, withdrawn
    at           BIGINT NOT NULL,
    source       TEXT   NOT NULL,                          -- where he said so: desk, api, import, unsubscribe link …
    proof        TEXT,                                     -- in words or as a reference
    PRIMARY KEY (contact_id, channel_kind, purpose)
);

-- Addresses that get no mailing, whoever owns them.
CREATE TABLE suppressions (
    kind   TEXT   NOT NULL,
    value  TEXT   NOT NULL,
    reason TEXT   NOT NULL,                                -- unsubscribed, bounced, complained, manual
    at     BIGINT NOT NULL,
    source TEXT   NOT NULL,
    note   TEXT,                                           -- why, in an officer's words
    PRIMARY KEY (kind, value)
);
CREATE INDEX suppressions_newest ON suppressions (at, kind, value);

CREATE TABLE segments (
    id         UUID   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL UNIQUE,
    condition  JSONB  NOT NULL,
    created_by UUID   REFERENCES officers,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

-- Files of contacts. What was taken of them is told row by row; `done` rows are written, and the next slice
-- begins there.
CREATE TABLE imports (
    id              UUID   NOT NULL PRIMARY KEY,
    file_name       TEXT   NOT NULL,
    size            BIGINT NOT NULL,
    digest          BYTEA  NOT NULL,
    body            BYTEA,                                 -- none if it lies in a file of its own
    columns         JSONB  NOT NULL,                       -- as the first row names them
    sample          JSONB  NOT NULL,                       -- the first rows
    delimiter       TEXT   NOT NULL,
    encoding        TEXT   NOT NULL,
    mapping         JSONB,                                 -- none until it is chosen
    state           TEXT   NOT NULL,                       -- uploaded, checking, checked, running, done, failed
    total           BIGINT NOT NULL,
    done            BIGINT NOT NULL,
    counts          JSONB  NOT NULL,                       -- rows by outcome
    error           TEXT,
    created_by      UUID   NOT NULL REFERENCES officers,
    created_by_name TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    finished_at     BIGINT
);
CREATE INDEX imports_underway ON imports (created_at) WHERE state IN ('checking', 'running');
CREATE INDEX imports_newest ON imports (created_at, id);

CREATE TABLE import_rows (
    import_id  UUID   NOT NULL REFERENCES imports ON DELETE CASCADE,
    line       BIGINT NOT NULL,                            -- of the file, the first is 1
    outcome    TEXT   NOT NULL,                            -- new, updated, unchanged, refused
    reason     TEXT,                                       -- why it was refused, a stable name
    detail     TEXT,                                       -- what exactly
    shown      TEXT   NOT NULL,                            -- whom the row is about
    contact_id UUID,
    PRIMARY KEY (import_id, line)
);
CREATE INDEX import_rows_outcome ON import_rows (import_id, outcome, line);

-- Segments ask these of every contact.
CREATE INDEX identities_reach ON identities (contact_id, kind, value);
CREATE INDEX conversations_unsolved ON conversations (contact_id) WHERE status <> 'solved';
