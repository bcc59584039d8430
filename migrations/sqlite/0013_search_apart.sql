-- The search index has a file of its own now, and is made again there.
DROP TABLE messages_terms;
DROP TABLE entries_terms;
DROP TABLE messages_fts;
DROP TABLE entries_fts;
DROP TABLE entries;
DELETE FROM cursors WHERE reader = 'search';
