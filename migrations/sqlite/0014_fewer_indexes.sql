-- What is read by contact alone is found by the first column of another index.
DROP INDEX identities_contact;
-- What segments ask of every contact; one index less that each message changes.
DROP INDEX conversations_unsolved;
DROP INDEX conversations_contact;
CREATE INDEX conversations_contact ON conversations (contact_id, last_message_at, status);
