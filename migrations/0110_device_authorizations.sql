-- Devices that wait for a person to let them in (RFC 8628), one row a device code.
CREATE TABLE device_authorizations (
    pool_id TEXT NOT NULL,
    -- SHA-256 of what the device holds.
    device_code_hash TEXT NOT NULL,
    -- SHA-256 of what the person types.
    user_code_hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- Blank-separated.
    scope TEXT NOT NULL,
    -- What the access token is for, where the client named it.
    resource TEXT,
    -- waiting, granted, denied
    state TEXT NOT NULL,
    -- Who let it in.
    user_id TEXT,
    -- How they had proven who they are.
    grant_document TEXT,
    -- When it asked last, and how long it has to wait from one time to the next: milliseconds.
    polled_at BIGINT NOT NULL,
    interval_millis BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, device_code_hash)
);
CREATE UNIQUE INDEX device_authorizations_by_user_code ON device_authorizations (pool_id, user_code_hash);
CREATE INDEX device_authorizations_by_end ON device_authorizations (expires_at);
CREATE INDEX device_authorizations_by_user ON device_authorizations (pool_id, user_id);
CREATE INDEX device_authorizations_by_client ON device_authorizations (pool_id, client_id);
