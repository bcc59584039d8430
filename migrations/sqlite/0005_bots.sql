-- Programs that answer customers, each at an address of its own.
CREATE TABLE bots (
    id           BLOB    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,                        -- as customers see it
    url          TEXT    NOT NULL,
    form         TEXT    NOT NULL,                        -- sapa, rasa
    secret       TEXT    NOT NULL,                        -- signs what it is told
    token_hash   TEXT    NOT NULL UNIQUE,                 -- of the token by which it answers later
    enabled      BOOLEAN NOT NULL,
    patience     INTEGER NOT NULL,                        -- seconds that it has for an answer
    fallback     TEXT    NOT NULL,                        -- what is said when it does not answer, by language
    team_id      BLOB REFERENCES teams ON DELETE SET NULL, -- whom it hands over to
    created_at   INTEGER NOT NULL,
    last_good_at INTEGER,
    error        TEXT,
    error_at     INTEGER
);

CREATE TABLE bot_channels (
    channel_id BLOB NOT NULL PRIMARY KEY REFERENCES channels ON DELETE CASCADE,
    bot_id     BLOB NOT NULL REFERENCES bots ON DELETE CASCADE
);
CREATE INDEX bot_channels_bot ON bot_channels (bot_id);

-- Each time that a bot is asked.
CREATE TABLE bot_turns (
    id              BLOB    NOT NULL PRIMARY KEY,         -- the webhook-id, kept over all tries
    bot_id          BLOB    NOT NULL REFERENCES bots ON DELETE CASCADE,
    seq             INTEGER NOT NULL,                     -- the entry of the log that it answers to
    conversation_id BLOB    NOT NULL REFERENCES conversations (id),
    message_id      BLOB    NOT NULL REFERENCES messages (id),
    state           TEXT    NOT NULL,                     -- queued, calling, waiting, answered, handed_over, timed_out, failed, dropped
    attempts        INTEGER NOT NULL,
    run_at          INTEGER NOT NULL,                     -- of an open one: when something is to be done next
    give_up_at      INTEGER,                              -- none before the first try
    fence           INTEGER NOT NULL,
    said            INTEGER NOT NULL,                     -- messages said in it
    request         TEXT,                                 -- the beginning of what was posted
    response        TEXT,                                 -- the beginning of what came back
    status          INTEGER,                              -- HTTP, of the last answer
    error           TEXT,                                 -- what went wrong, in plain words
    created_at      INTEGER NOT NULL,
    called_at       INTEGER,
    ended_at        INTEGER,
    UNIQUE (bot_id, seq)
);
CREATE INDEX bot_turns_open ON bot_turns (conversation_id, seq) WHERE state IN ('queued', 'calling', 'waiting');
CREATE INDEX bot_turns_due ON bot_turns (run_at) WHERE state IN ('queued', 'calling', 'waiting');
CREATE INDEX bot_turns_bot ON bot_turns (bot_id, created_at, id);
CREATE INDEX bot_turns_state ON bot_turns (bot_id, state, created_at, id);
CREATE INDEX bot_turns_conversation ON bot_turns (conversation_id, created_at);

-- Answers that bots gave by the API, so that a repeated one is taken once.
CREATE TABLE bot_answers (
    turn_id     BLOB NOT NULL REFERENCES bot_turns ON DELETE CASCADE,
    key         TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer      TEXT NOT NULL,
    at          INTEGER NOT NULL,
    PRIMARY KEY (turn_id, key)
);

ALTER TABLE conversations ADD COLUMN bot_id BLOB REFERENCES bots;       -- the bot in charge; none: people
ALTER TABLE conversations ADD COLUMN handed_over_at INTEGER;            -- a bot gave it to people, and nobody has taken it
CREATE INDEX conversations_bot ON conversations (status, last_message_at, id) WHERE bot_id IS NOT NULL;
