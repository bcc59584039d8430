-- People who serve.
CREATE TABLE officers (
    id            BLOB    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE,                -- lower case
    name          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    password_hash TEXT,                                   -- none until the invitation is accepted
    active        BOOLEAN NOT NULL,
    preferences   TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    last_seen_at  INTEGER
);

CREATE TABLE teams (
    id         BLOB NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);

CREATE TABLE team_members (
    team_id    BLOB NOT NULL REFERENCES teams ON DELETE CASCADE,
    officer_id BLOB NOT NULL REFERENCES officers,
    PRIMARY KEY (team_id, officer_id)
);
CREATE INDEX team_members_officer ON team_members (officer_id);

CREATE TABLE sessions (
    id           BLOB NOT NULL PRIMARY KEY,
    officer_id   BLOB NOT NULL REFERENCES officers,
    token_hash   TEXT NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    address      TEXT NOT NULL,
    agent        TEXT NOT NULL
);
CREATE INDEX sessions_officer ON sessions (officer_id);

CREATE TABLE invitations (
    token_hash TEXT NOT NULL PRIMARY KEY,
    officer_id BLOB NOT NULL REFERENCES officers,
    expires_at INTEGER NOT NULL
);

CREATE TABLE api_tokens (
    id           BLOB NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    token_hash   TEXT NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,
    created_by   BLOB NOT NULL REFERENCES officers,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
);

CREATE TABLE audit (
    seq        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   BLOB,
    actor_name TEXT NOT NULL,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    address    TEXT NOT NULL
);

-- Values that the hub makes for itself: its signing secret.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE channels (
    id              BLOB    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    address         TEXT    NOT NULL,                     -- mailbox, bot, site key
    settings        TEXT    NOT NULL,
    secret          TEXT,
    enabled         BOOLEAN NOT NULL,
    created_at      INTEGER NOT NULL,
    last_message_at INTEGER,
    last_good_at    INTEGER,
    error           TEXT,
    error_at        INTEGER,
    UNIQUE (kind, address)
);

-- Those we serve.
CREATE TABLE contacts (
    id            BLOB NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    named_by      TEXT NOT NULL,                          -- 'channel', or 'officer', whose word stands
    language      TEXT,
    city          TEXT,
    timezone      TEXT,
    company       TEXT,
    notes         TEXT NOT NULL,
    tags          TEXT NOT NULL,
    fields        TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    merged_into   BLOB REFERENCES contacts,
    version       INTEGER NOT NULL
);
CREATE INDEX contacts_here ON contacts (id) WHERE merged_into IS NULL;

CREATE TABLE identities (
    id              BLOB NOT NULL PRIMARY KEY,
    contact_id      BLOB NOT NULL REFERENCES contacts,
    kind            TEXT NOT NULL,
    value           TEXT NOT NULL,
    shown           TEXT NOT NULL,
    proof           TEXT,
    verified_at     INTEGER,
    first_seen_at   INTEGER NOT NULL,
    last_seen_at    INTEGER NOT NULL,
    last_channel_id BLOB REFERENCES channels,
    UNIQUE (kind, value)
);
CREATE INDEX identities_contact ON identities (contact_id);

CREATE TABLE merges (
    id        BLOB NOT NULL PRIMARY KEY,
    kept_id   BLOB NOT NULL REFERENCES contacts,
    gone_id   BLOB NOT NULL REFERENCES contacts,
    at        INTEGER NOT NULL,
    by_kind   TEXT NOT NULL,
    by_id     BLOB,
    evidence  TEXT NOT NULL,
    moved     TEXT NOT NULL,                              -- what came from the other contact, for undoing
    undone_at INTEGER
);
CREATE INDEX merges_kept ON merges (kept_id);

CREATE TABLE suggestions (
    id         BLOB NOT NULL PRIMARY KEY,
    one_id     BLOB NOT NULL REFERENCES contacts,
    other_id   BLOB NOT NULL REFERENCES contacts,         -- one_id < other_id
    evidence   TEXT NOT NULL,
    state      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by BLOB,
    UNIQUE (one_id, other_id)
);
CREATE INDEX suggestions_other ON suggestions (other_id);

-- One-time links by which a contact proves another address of his.
CREATE TABLE links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    contact_id BLOB NOT NULL REFERENCES contacts,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
);

CREATE TABLE conversations (
    number          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id              BLOB    NOT NULL UNIQUE,
    contact_id      BLOB    NOT NULL REFERENCES contacts,
    identity_id     BLOB REFERENCES identities,             -- where the customer was heard last
    channel_id      BLOB    NOT NULL REFERENCES channels,
    status          TEXT    NOT NULL,
    subject         TEXT,
    preview         TEXT    NOT NULL,
    preview_kind    TEXT    NOT NULL,
    preview_author  TEXT,
    has_files       BOOLEAN NOT NULL,
    assignee_id     BLOB REFERENCES officers,
    team_id         BLOB REFERENCES teams,
    waiting_since   INTEGER,                                  -- the customer waits for an answer
    last_message_at INTEGER NOT NULL,
    last_inbound_at INTEGER,
    message_count   INTEGER NOT NULL,
    snoozed_until   INTEGER,
    created_at      INTEGER NOT NULL,
    solved_at       INTEGER,
    related_id      BLOB,                                   -- possibly the same matter, and not proved
    version         INTEGER NOT NULL
);
CREATE INDEX conversations_contact ON conversations (contact_id, last_message_at);
CREATE INDEX conversations_status ON conversations (status, last_message_at, id);
CREATE INDEX conversations_assignee ON conversations (status, assignee_id, last_message_at, id);
CREATE INDEX conversations_team ON conversations (status, team_id, last_message_at, id);
CREATE INDEX conversations_channel ON conversations (status, channel_id, last_message_at, id);
CREATE INDEX conversations_waiting ON conversations (status, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE status = 'snoozed';

CREATE TABLE conversation_labels (
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    label           TEXT NOT NULL,
    PRIMARY KEY (conversation_id, label)
);
CREATE INDEX conversation_labels_label ON conversation_labels (label);

-- As it came, before anything was read from it.
CREATE TABLE originals (
    id            BLOB NOT NULL PRIMARY KEY,
    channel_id    BLOB NOT NULL REFERENCES channels,
    transport_key TEXT NOT NULL,
    digest        BLOB  NOT NULL,
    media_type    TEXT NOT NULL,
    size          INTEGER NOT NULL,
    body          BLOB,                                  -- none if it lies in a file of its own
    received_at   INTEGER NOT NULL,
    state         TEXT NOT NULL,                          -- taken, quarantined, dismissed
    reason        TEXT,
    attempts      INTEGER NOT NULL,
    UNIQUE (channel_id, transport_key)
);
CREATE INDEX originals_quarantine ON originals (received_at) WHERE state = 'quarantined';

-- A table with long rows keeps its rowid; full text refers to it.
CREATE TABLE messages (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id              BLOB    NOT NULL UNIQUE,
    conversation_id BLOB    NOT NULL REFERENCES conversations (id),
    contact_id      BLOB    NOT NULL REFERENCES contacts,
    channel_id      BLOB REFERENCES channels,               -- none for a note
    identity_id     BLOB REFERENCES identities,             -- from whom or to whom
    original_id     BLOB,
    direction       TEXT    NOT NULL,                     -- in, out, note
    author_kind     TEXT    NOT NULL,
    author_id       BLOB,
    author_name     TEXT    NOT NULL,
    external_id     TEXT,
    logical_key     TEXT,
    subject         TEXT,
    text            TEXT    NOT NULL,
    quoted          TEXT,
    html            TEXT,
    details         TEXT    NOT NULL,
    file_count      INTEGER NOT NULL,
    automatic       BOOLEAN NOT NULL,
    at              INTEGER NOT NULL,
    edited_at       INTEGER,
    retracted_at    INTEGER,
    UNIQUE (channel_id, logical_key)
);
CREATE INDEX messages_contact ON messages (contact_id, at, id);
CREATE INDEX messages_conversation ON messages (conversation_id, at, id);
CREATE INDEX messages_external ON messages (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX messages_identity ON messages (identity_id, at);
CREATE INDEX messages_original ON messages (original_id) WHERE original_id IS NOT NULL;

CREATE TABLE message_versions (
    id         BLOB NOT NULL PRIMARY KEY,
    message_id BLOB NOT NULL REFERENCES messages (id),
    text       TEXT NOT NULL,
    at         INTEGER NOT NULL                              -- until when it said so
);
CREATE INDEX message_versions_message ON message_versions (message_id);

CREATE TABLE files (
    id          BLOB NOT NULL PRIMARY KEY,
    message_id  BLOB REFERENCES messages (id),              -- none while it is only uploaded
    uploaded_by TEXT,
    name        TEXT NOT NULL,
    media_type  TEXT NOT NULL,                            -- sniffed
    size        INTEGER NOT NULL,
    digest      BLOB  NOT NULL,
    body        BLOB,                                    -- none if it lies in a file of its own
    content_id  TEXT,
    created_at  INTEGER NOT NULL
);
CREATE INDEX files_message ON files (message_id);

-- The way out of a message: one row for each that leaves the house.
CREATE TABLE deliveries (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    message_id      BLOB NOT NULL UNIQUE REFERENCES messages (id),
    conversation_id BLOB NOT NULL,
    channel_id      BLOB NOT NULL REFERENCES channels,
    address         TEXT NOT NULL,
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    run_at          INTEGER NOT NULL,
    undo_until      INTEGER,
    lease_owner     BLOB,
    lease_until     INTEGER,
    fence           INTEGER NOT NULL,
    reason          TEXT,
    updated_at      INTEGER NOT NULL
);
CREATE INDEX deliveries_ready ON deliveries (channel_id, run_at) WHERE state IN ('queued', 'retrying');
CREATE INDEX deliveries_underway ON deliveries (lease_until) WHERE state IN ('leased', 'dispatching');
CREATE INDEX deliveries_order ON deliveries (conversation_id, channel_id, seq)
    WHERE state IN ('queued', 'retrying', 'leased', 'dispatching');

CREATE INDEX deliveries_unknown ON deliveries (updated_at) WHERE state = 'unknown';

CREATE TABLE drafts (
    officer_id      BLOB NOT NULL REFERENCES officers,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    kind            TEXT NOT NULL,
    text            TEXT NOT NULL,
    details         TEXT NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (officer_id, conversation_id)
);

CREATE TABLE reads (
    officer_id      BLOB NOT NULL REFERENCES officers,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    at              INTEGER NOT NULL,                         -- seen are the messages up to then
    PRIMARY KEY (officer_id, conversation_id)
);

CREATE TABLE mentions (
    officer_id      BLOB NOT NULL REFERENCES officers,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    at              INTEGER NOT NULL,
    PRIMARY KEY (officer_id, conversation_id)
);

CREATE TABLE canned (
    id         BLOB NOT NULL PRIMARY KEY,
    shortcut   TEXT NOT NULL UNIQUE,
    title      TEXT NOT NULL,
    text       TEXT NOT NULL,
    team_id    BLOB REFERENCES teams ON DELETE CASCADE,
    language   TEXT,
    created_at INTEGER NOT NULL
);

CREATE TABLE tickets (
    number      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          BLOB NOT NULL UNIQUE,
    contact_id  BLOB NOT NULL REFERENCES contacts,
    kind        TEXT NOT NULL,
    title       TEXT NOT NULL,
    description TEXT NOT NULL,
    status      TEXT NOT NULL,
    outcome     TEXT,
    owner_id    BLOB REFERENCES officers,
    message_id  BLOB,
    opened_at   INTEGER NOT NULL,
    solved_at   INTEGER,
    version     INTEGER NOT NULL
);
CREATE INDEX tickets_contact ON tickets (contact_id, opened_at);
CREATE INDEX tickets_status ON tickets (status, opened_at, id);

CREATE TABLE ticket_conversations (
    ticket_id       BLOB NOT NULL REFERENCES tickets (id),
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    attached_at     INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, conversation_id)
);
CREATE INDEX ticket_conversations_conversation ON ticket_conversations (conversation_id);

-- What happened, in order. Everything that reacts reads it with a cursor of its own.
CREATE TABLE events (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind            TEXT    NOT NULL,
    at              INTEGER NOT NULL,
    actor_kind      TEXT    NOT NULL,
    actor_id        BLOB,
    actor_name      TEXT    NOT NULL,
    contact_id      BLOB,
    conversation_id BLOB,
    message_id      BLOB,
    ticket_id       BLOB,
    identity_id     BLOB,
    history         BOOLEAN NOT NULL,                     -- a line of the contact's history
    data            TEXT    NOT NULL
);
CREATE INDEX events_history ON events (contact_id, at) WHERE history;
CREATE INDEX events_identity ON events (identity_id, seq) WHERE identity_id IS NOT NULL;

CREATE TABLE cursors (
    reader TEXT NOT NULL PRIMARY KEY,
    seq    INTEGER NOT NULL
);

CREATE TABLE webhooks (
    id         BLOB    NOT NULL PRIMARY KEY,
    url        TEXT    NOT NULL,
    secret     TEXT    NOT NULL,
    events     TEXT    NOT NULL,
    enabled    BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE webhook_deliveries (
    id         BLOB NOT NULL PRIMARY KEY,                 -- the webhook-id, kept over all tries
    webhook_id BLOB NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event      TEXT NOT NULL,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL,                             -- queued, sent, failed
    attempts   INTEGER NOT NULL,
    run_at     INTEGER NOT NULL,
    status     INTEGER,                                   -- HTTP, of the last answer
    error      TEXT,                                      -- why the last try did not succeed
    created_at INTEGER NOT NULL
);
CREATE INDEX webhook_deliveries_ready ON webhook_deliveries (webhook_id, run_at) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, created_at);

-- Answers to calls with an Idempotency-Key.
CREATE TABLE idempotency (
    key         TEXT NOT NULL PRIMARY KEY,
    fingerprint BLOB  NOT NULL,
    status      INTEGER,                                      -- none while the first call runs
    body        TEXT,
    created_at  INTEGER NOT NULL
);
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE VIRTUAL TABLE messages_fts USING fts5 (
    subject, text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
INSERT INTO messages_fts (messages_fts, rank) VALUES ('automerge', 0);

-- Contacts and tickets, as they are looked for.
CREATE TABLE entries (
    seq   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind  TEXT    NOT NULL,
    id    BLOB    NOT NULL,
    words TEXT    NOT NULL,
    UNIQUE (kind, id)
);
CREATE VIRTUAL TABLE entries_fts USING fts5 (
    words, content = 'entries', content_rowid = 'seq', tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
CREATE TRIGGER entries_insert AFTER INSERT ON entries BEGIN
    INSERT INTO entries_fts (rowid, words) VALUES (new.seq, new.words);
END;
CREATE TRIGGER entries_update AFTER UPDATE OF words ON entries BEGIN
    INSERT INTO entries_fts (entries_fts, rowid, words) VALUES ('delete', old.seq, old.words);
    INSERT INTO entries_fts (rowid, words) VALUES (new.seq, new.words);
END;
