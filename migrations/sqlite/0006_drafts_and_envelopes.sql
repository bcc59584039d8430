-- An answer and a note may be begun at the same time.
CREATE TABLE drafts_by_kind (
    officer_id      BLOB NOT NULL REFERENCES officers,
    conversation_id BLOB NOT NULL REFERENCES conversations (id),
    kind            TEXT NOT NULL,
    text            TEXT NOT NULL,
    details         TEXT NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (officer_id, conversation_id, kind)
);
INSERT INTO drafts_by_kind SELECT officer_id, conversation_id, kind, text, details, updated_at FROM drafts;
DROP TABLE drafts;
ALTER TABLE drafts_by_kind RENAME TO drafts;

-- What came beside the bytes of something quarantined, and is needed to read it again: a mail's sender and recipient.
ALTER TABLE originals ADD COLUMN envelope TEXT;
