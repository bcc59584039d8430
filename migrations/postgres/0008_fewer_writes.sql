-- Most conversations have no team: then this index is not written whenever a message comes.
DROP INDEX conversations_team;
CREATE INDEX conversations_team ON conversations (status, team_id, last_message_at, id) WHERE team_id IS NOT NULL;
