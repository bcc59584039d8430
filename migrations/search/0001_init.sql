-- The search index of the embedded database. It lies in a file of its own, beside the hub's, and is made again from the
-- hub's log when it is not there or does not fit.

-- The last event that is indexed: its number, and when it happened.
CREATE TABLE indexed (
    seq INTEGER NOT NULL,
    at  INTEGER NOT NULL
);
INSERT INTO indexed (seq, at) VALUES (0, 0);

-- Which words a message has, and not where: that is a third of the work of keeping it, and nobody asks for phrases. Few
-- merges of many parts cost less than many of few. Beginnings of three letters are kept, too; of two that would be as much work
-- again, and more words would begin so than anybody looks through.
CREATE VIRTUAL TABLE messages_fts USING fts5 (
    subject, text, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 2", prefix = '3'
);
INSERT INTO messages_fts (messages_fts, rank) VALUES ('automerge', 8);
INSERT INTO messages_fts (messages_fts, rank) VALUES ('hashsize', 8388608);

-- The words of the full text themselves: a beginning is written out as the words that begin so. Whole words are read from
-- their newest end, while for a beginning all that begins so would be gathered and sorted first.
CREATE VIRTUAL TABLE messages_terms USING fts5vocab (messages_fts, instance);

-- Contacts and tickets, as they are looked for. The kind is looked for as a word: else a ticket with a word of all
-- addresses would be looked for among all contacts.
CREATE TABLE entries (
    seq   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind  TEXT    NOT NULL,
    id    BLOB    NOT NULL,
    words TEXT    NOT NULL,
    UNIQUE (kind, id)
);
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
CREATE VIRTUAL TABLE entries_terms USING fts5vocab (entries_fts, instance);
