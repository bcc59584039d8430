-- What each message changes of its conversation stood in four indexes; now in two. The order of all that are open holds
-- by itself what the lists of the open ones leave out, so that they need not look at the conversations they pass over.
DROP INDEX conversations_status;
DROP INDEX conversations_assignee;
DROP INDEX conversations_channel;
CREATE INDEX conversations_status ON conversations (status, last_message_at, id, assignee_id, bot_id, channel_id);
CREATE INDEX conversations_assignee ON conversations (status, assignee_id, last_message_at, id) WHERE assignee_id IS NOT NULL;
-- To count the open ones of a channel, which a message does not change; and to list its solved ones, which are many.
CREATE INDEX conversations_channel_open ON conversations (channel_id) WHERE status = 'open';
CREATE INDEX conversations_channel_solved ON conversations (channel_id, last_message_at, id) WHERE status = 'solved';
