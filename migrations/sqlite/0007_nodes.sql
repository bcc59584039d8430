-- The nodes that live. Each beats; whose beat stands still is buried by the others, who take over what it held.
CREATE TABLE nodes (
    id         BLOB   NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    beat       INTEGER NOT NULL,
    started_at INTEGER NOT NULL
);

-- Work that one node alone may do. It is held as long as its node lives.
CREATE TABLE leases (
    name    TEXT   NOT NULL PRIMARY KEY,
    node_id BLOB   NOT NULL,
    fence   INTEGER NOT NULL
);

-- On which node a worker on a mailing is: one of a dead node holds nothing.
ALTER TABLE mailing_workers ADD COLUMN node_id BLOB;
