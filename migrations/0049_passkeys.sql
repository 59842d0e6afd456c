-- Users' passkeys.
CREATE TABLE web_authn_credentials (
    pool_id TEXT NOT NULL,
    -- base64url, as credentials' JSON has it.
    credential_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    relying_party_id TEXT NOT NULL,
    -- A COSE key.
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    is_backup_eligible SMALLINT NOT NULL,
    is_backed_up SMALLINT NOT NULL,
    friendly_name TEXT NOT NULL,
    -- 'platform' or 'cross-platform'.
    attachment TEXT,
    -- A JSON array.
    transports TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (pool_id, credential_id)
);
CREATE INDEX web_authn_credentials_by_user ON web_authn_credentials (pool_id, user_id, created_at, credential_id);

-- Whether the user has any: what a sign-in may begin with is told by the user's row.
ALTER TABLE users ADD COLUMN has_passkey SMALLINT NOT NULL DEFAULT 0;

-- The registration that a user has begun: one, the newest. What is answered leaves.
CREATE TABLE web_authn_registrations (
    pool_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    challenge_hash TEXT NOT NULL,
    -- Whose token began it.
    client_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, user_id)
);
CREATE INDEX web_authn_registrations_by_expiry ON web_authn_registrations (expires_at);
CREATE INDEX web_authn_registrations_by_client ON web_authn_registrations (pool_id, client_id);
