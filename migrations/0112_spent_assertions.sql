-- SAML assertions that were exchanged: each serves once, one row an assertion.
CREATE TABLE spent_assertions (
    pool_id TEXT NOT NULL,
    -- SHA-256 of the provider's entityID and the assertion's ID.
    assertion_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, assertion_hash)
);
CREATE INDEX spent_assertions_by_end ON spent_assertions (expires_at);
