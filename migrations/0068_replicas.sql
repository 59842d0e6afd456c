-- The regions that serve a pool beside its own.
CREATE TABLE pool_replicas (
    pool_id TEXT NOT NULL,
    region TEXT NOT NULL,
    status TEXT NOT NULL,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, region)
);
CREATE INDEX pool_replicas_by_region ON pool_replicas (region, pool_id);
