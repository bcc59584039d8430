-- The hub merges the parts of the full text itself, a little at a time; left alone they would be merged all at once
-- when there are sixteen of a size, and whoever wants to write would wait.
INSERT INTO messages_fts (messages_fts, rank) VALUES ('crisismerge', 256);
