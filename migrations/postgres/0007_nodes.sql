-- The nodes that live. Each beats; whose beat stands still is buried by the others, who take over what it held.
CREATE TABLE nodes (
    id         UUID   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    beat       BIGINT NOT NULL,
    started_at BIGINT NOT NULL
);

-- Work that one node alone may do. It is held as long as its node lives.
CREATE TABLE leases (
    name    TEXT   NOT NULL PRIMARY KEY,
    node_id UUID   NOT NULL,
    fence   BIGINT NOT NULL
);

-- On which node a worker on a mailing is: one of a dead node holds nothing.
ALTER TABLE mailing_workers ADD COLUMN node_id UUID;
