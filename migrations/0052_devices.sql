-- Devices that users sign in on: what they prove themselves by, and whether they are remembered.
CREATE TABLE user_devices (
    pool_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    device_key TEXT NOT NULL,
    -- What SRP's hashes take in place of the pool's name.
    device_group_key TEXT NOT NULL,
    -- Hexadecimal, as the client chose it.
    salt TEXT NOT NULL,
    sealed_verifier BYTEA NOT NULL,
    device_name TEXT,
    -- remembered, not_remembered
    status TEXT NOT NULL,
    last_ip_used TEXT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, user_id, device_key)
);

-- The group key of a sign-in's new device, until the device is confirmed.
ALTER TABLE token_families ADD COLUMN device_group_key TEXT;

-- Challenge sessions of devices, for clients that go on without the session string: found by a hash of the public value that the
-- password was proven with, which nobody else knows.
CREATE TABLE device_sign_ins (
    pool_id TEXT NOT NULL,
    public_hash TEXT NOT NULL,
    sealed_session BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, public_hash)
);
CREATE INDEX device_sign_ins_by_expiry ON device_sign_ins (expires_at);
