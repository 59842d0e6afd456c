-- Browsers on their way to another provider and back, one row a way: what `state` or RelayState stands for.
CREATE TABLE federation_requests (
    pool_id TEXT NOT NULL,
    -- SHA-256 of what comes back.
    state_hash TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    -- What the browser left with, sealed.
    sealed_request BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, state_hash)
);
CREATE INDEX federation_requests_by_end ON federation_requests (expires_at);

-- The provider that vouched for the user; NULL is the pool itself.
ALTER TABLE browser_sessions ADD COLUMN provider_name TEXT;
