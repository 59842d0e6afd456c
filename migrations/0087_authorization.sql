-- Sign-ins at the hosted pages, one row a browser: what its cookie stands for, and what single sign-on goes by.
CREATE TABLE browser_sessions (
    pool_id TEXT NOT NULL,
    -- SHA-256 of what the browser holds.
    session_hash TEXT NOT NULL,
    -- What ID tokens call it (sid).
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    methods TEXT NOT NULL,
    acr TEXT,
    PRIMARY KEY (pool_id, session_hash)
);
CREATE INDEX browser_sessions_by_user ON browser_sessions (pool_id, user_id);
CREATE INDEX browser_sessions_by_end ON browser_sessions (expires_at);

-- Authorization codes (RFC 6749 §4.1.2). One that was used stays, so that a second use is known.
CREATE TABLE authorization_codes (
    pool_id TEXT NOT NULL,
    -- SHA-256 of the code.
    code_hash TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- What was authorized: JSON.
    grant_document TEXT NOT NULL,
    valid_until BIGINT NOT NULL,
    -- The sign-in that it was exchanged for: a second use ends it.
    origin_jti TEXT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, code_hash)
);
CREATE INDEX authorization_codes_by_user ON authorization_codes (pool_id, user_id);
CREATE INDEX authorization_codes_by_client ON authorization_codes (pool_id, client_id);
CREATE INDEX authorization_codes_by_end ON authorization_codes (expires_at);

-- The scopes that a sign-in was authorized for; NULL is a sign-in by the API, for all that the user may do.
ALTER TABLE token_families ADD COLUMN scope TEXT;
-- The browser's session that it came by (sid).
ALTER TABLE token_families ADD COLUMN browser_session_id TEXT;
-- What its access tokens are for (aud, RFC 8707), where the client named it.
ALTER TABLE token_families ADD COLUMN resource TEXT;
