-- The nodes that serve this deployment, each of which says every few seconds that it lives.
CREATE TABLE nodes (
    node_id TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    -- A node that has said nothing by then is gone.
    alive_until BIGINT NOT NULL
);
CREATE INDEX nodes_by_end ON nodes (alive_until);
