-- The words of the full text themselves: a beginning is written out as the words that begin so. Whole words are read from
-- their newest end, while for a beginning all that begins so would be gathered and sorted first.
CREATE VIRTUAL TABLE messages_terms USING fts5vocab (messages_fts, instance);

-- The kind is looked for as a word: else a ticket with a word of all addresses would be looked for among all contacts.
DROP TRIGGER entries_insert;
DROP TRIGGER entries_update;
DROP TABLE entries_fts;
CREATE VIRTUAL TABLE entries_fts USING fts5 (
    kind, words, content = 'entries', content_rowid = 'seq', tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
CREATE TRIGGER entries_insert AFTER INSERT ON entries BEGIN
    INSERT INTO entries_fts (rowid, kind, words) VALUES (new.seq, new.kind, new.words);
END;
CREATE TRIGGER entries_update AFTER UPDATE OF words ON entries BEGIN
    INSERT INTO entries_fts (entries_fts, rowid, kind, words) VALUES ('delete', old.seq, old.kind, old.words);
    INSERT INTO entries_fts (rowid, kind, words) VALUES (new.seq, new.kind, new.words);
END;
INSERT INTO entries_fts (entries_fts) VALUES ('rebuild');
CREATE VIRTUAL TABLE entries_terms USING fts5vocab (entries_fts, instance);
