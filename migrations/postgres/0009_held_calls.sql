-- On which node a call to a bot or a webhook is under way: one of a dead node is made again at once.
ALTER TABLE bot_turns ADD COLUMN lease_owner UUID;
ALTER TABLE webhook_deliveries ADD COLUMN lease_owner UUID;
CREATE INDEX bot_turns_held ON bot_turns (lease_owner) WHERE state = 'calling';
CREATE INDEX webhook_deliveries_held ON webhook_deliveries (lease_owner) WHERE lease_owner IS NOT NULL;
