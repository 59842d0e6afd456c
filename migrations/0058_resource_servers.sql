-- Resource servers of a pool, and the scopes that each defines.
CREATE TABLE resource_servers (
    pool_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    -- A list of names and descriptions.
    scopes TEXT NOT NULL,
    PRIMARY KEY (pool_id, identifier)
);
