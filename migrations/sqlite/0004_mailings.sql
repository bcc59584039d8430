-- What mailings are written from.
CREATE TABLE message_templates (
    id         BLOB NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,                             -- email, telegram
    subject    TEXT,
    html       TEXT,
    text       TEXT NOT NULL,                             -- empty: made from the HTML
    created_by BLOB REFERENCES officers,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
);

CREATE TABLE mailings (
    number      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id          BLOB    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    channel_id  BLOB    NOT NULL REFERENCES channels,
    template_id BLOB REFERENCES message_templates,
    segment_id  BLOB REFERENCES segments ON DELETE SET NULL,  -- none: everybody
    rate        INTEGER,                                  -- the most a minute; none: as fast as it goes
    state       TEXT    NOT NULL,                         -- draft, running, paused, cancelled; "done" is seen in the rows
    created_by  BLOB REFERENCES officers,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    -- From the start on it is what it was then.
    started_by  BLOB REFERENCES officers,
    started_at  INTEGER,
    ended_at    INTEGER,                                  -- cancelled
    frozen      TEXT                                      -- content, condition, names
);
CREATE INDEX mailings_state ON mailings (state) WHERE state = 'running';

-- The ledger: one row for each contact of the audience, also for those who get nothing and why.
CREATE TABLE mailing_recipients (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id              BLOB    NOT NULL UNIQUE,
    mailing_id      BLOB    NOT NULL REFERENCES mailings (id),
    contact_id      BLOB    NOT NULL REFERENCES contacts,
    identity_id     BLOB REFERENCES identities,
    address         TEXT,
    state           TEXT    NOT NULL,                     -- queued, leased, dispatching, sent, failed, unknown, retrying, excluded, cancelled
    exclusion       TEXT,                                 -- why it is excluded
    reason          TEXT,                                 -- why it failed or waits, in words
    attempts        INTEGER NOT NULL,
    run_at          INTEGER NOT NULL,
    lease_owner     BLOB,
    fence           INTEGER NOT NULL,
    vars            TEXT,                                 -- what was put into the template
    external_id     TEXT,                                 -- on channels that give ids
    sent_at         INTEGER,                              -- when it left, or may have left
    answered_at     INTEGER,
    unsubscribed_at INTEGER,
    updated_at      INTEGER NOT NULL
);
CREATE INDEX mailing_recipients_state ON mailing_recipients (mailing_id, state, exclusion, seq);
CREATE INDEX mailing_recipients_all ON mailing_recipients (mailing_id, seq);
CREATE INDEX mailing_recipients_ready ON mailing_recipients (mailing_id, run_at, seq) WHERE state IN ('queued', 'retrying');
CREATE INDEX mailing_recipients_held ON mailing_recipients (lease_owner) WHERE state IN ('leased', 'dispatching');
CREATE INDEX mailing_recipients_contact ON mailing_recipients (contact_id, sent_at);
CREATE INDEX mailing_recipients_external ON mailing_recipients (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX mailing_recipients_sent ON mailing_recipients (mailing_id, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX mailing_recipients_answered ON mailing_recipients (mailing_id, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX mailing_recipients_unsubscribed ON mailing_recipients (mailing_id, unsubscribed_at) WHERE unsubscribed_at IS NOT NULL;
CREATE INDEX mailing_recipients_unknown ON mailing_recipients (mailing_id) WHERE state = 'unknown';

-- Those who work on a mailing now: what they hold is theirs until then.
CREATE TABLE mailing_workers (
    id         BLOB NOT NULL PRIMARY KEY,
    mailing_id BLOB NOT NULL REFERENCES mailings (id),
    until      INTEGER NOT NULL
);

-- When the next one may leave: under the rate of a mailing, or of a channel that has one.
CREATE TABLE mailing_paces (
    subject BLOB NOT NULL PRIMARY KEY,
    next_at INTEGER NOT NULL
);

-- The mailing that a conversation answers.
ALTER TABLE conversations ADD COLUMN mailing_id BLOB REFERENCES mailings (id);
CREATE INDEX conversations_mailing ON conversations (mailing_id) WHERE mailing_id IS NOT NULL;
