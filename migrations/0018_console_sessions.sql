-- Who is signed in to the console: a browser holds the secret that `session_hash` is of.
CREATE TABLE console_sessions (
    account_id TEXT NOT NULL,
    session_hash TEXT NOT NULL,
    -- The user's AIDA…; the account id itself for the account's root.
    principal_id TEXT NOT NULL,
    -- The key that the sign-in proved, and that goes on being asked for; absent where `dev` signed its root in.
    access_key_id TEXT,
    created_at BIGINT NOT NULL,
    -- When a secret was last proven: what is dangerous wants it to be recent.
    authenticated_at BIGINT NOT NULL,
    -- The end of its idle time, or of its whole time where that is nearer.
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, session_hash)
);
CREATE INDEX console_sessions_by_principal ON console_sessions (account_id, principal_id);
CREATE INDEX console_sessions_by_expiry ON console_sessions (expires_at);
