-- An answer and a note may be begun at the same time.
ALTER TABLE drafts DROP CONSTRAINT drafts_pkey;
ALTER TABLE drafts ADD PRIMARY KEY (officer_id, conversation_id, kind);

-- What came beside the bytes of something quarantined, and is needed to read it again: a mail's sender and recipient.
ALTER TABLE originals ADD COLUMN envelope TEXT;
