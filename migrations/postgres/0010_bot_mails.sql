-- How many mails bots wrote in the present hour: to a domain, and under no name to all.
CREATE TABLE bot_mails (
    domain TEXT   NOT NULL PRIMARY KEY,
    hour   BIGINT NOT NULL,                                  -- when it began
    mails  BIGINT NOT NULL
);
