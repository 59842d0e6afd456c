-- The first schema: deployments, user pools, identity pools, IAM.
-- One text serves SQLite and PostgreSQL: TEXT, BIGINT, SMALLINT 0/1, BYTEA; times are milliseconds UTC, documents JSON.
-- Every primary key begins with the account, pool or identity-pool id, so that each table shards by it.

-- What belongs to the deployment as a whole: account id, public URL, the master key's check value.
CREATE TABLE deployment_settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Keys that seal what travels (session credentials); every node opens with all of them and seals with the newest.
CREATE TABLE sealing_keys (
    purpose TEXT NOT NULL,
    key_id TEXT NOT NULL,
    sealed_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (purpose, key_id)
);

CREATE TABLE user_pools (
    pool_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    configuration TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);
CREATE INDEX user_pools_by_account ON user_pools (account_id, region, pool_id);

CREATE TABLE pool_signing_keys (
    pool_id TEXT NOT NULL,
    kid TEXT NOT NULL,
    sealed_key BYTEA NOT NULL,
    -- 'current' signs, 'next' is published and waits, 'previous' is published until its tokens have expired.
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, kid)
);

CREATE TABLE user_pool_clients (
    pool_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    configuration TEXT NOT NULL,
    sealed_secret BYTEA,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, client_id)
);

-- Directory: the wire names clients without their pool.
CREATE TABLE client_directory (
    client_id TEXT NOT NULL PRIMARY KEY,
    pool_id TEXT NOT NULL
);

CREATE TABLE users (
    pool_id TEXT NOT NULL,
    -- The `sub`: a UUID that never changes.
    user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    -- The one canonical form that decides whether two names are one.
    username_key TEXT NOT NULL,
    status TEXT NOT NULL,
    enabled SMALLINT NOT NULL,
    attributes TEXT NOT NULL,
    password_hash TEXT,
    sealed_srp_verifier BYTEA,
    password_set_at BIGINT,
    -- When a temporary password stops being accepted.
    temporary_password_expires_at BIGINT,
    sealed_totp_seed BYTEA,
    -- The last 30-second step whose TOTP code was accepted: a code serves once.
    totp_last_step BIGINT,
    -- A seed handed out by AssociateSoftwareToken that no code has verified yet.
    sealed_pending_totp_seed BYTEA,
    mfa_preference TEXT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    locked_until BIGINT,
    -- Tokens whose sign-in lies at or before this moment are refused (global sign-out, password reset).
    signed_out_at BIGINT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, user_id)
);
CREATE UNIQUE INDEX users_by_username ON users (pool_id, username_key);

-- Names other than the username by which a user signs in: verified email, phone number, preferred username.
CREATE TABLE user_aliases (
    pool_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    alias_key TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (pool_id, kind, alias_key)
);
CREATE INDEX user_aliases_by_user ON user_aliases (pool_id, user_id);

-- What ListUsers filters by; bytes, so that both databases order and compare alike.
CREATE TABLE user_search (
    pool_id TEXT NOT NULL,
    attribute TEXT NOT NULL,
    search_value BYTEA NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (pool_id, attribute, search_value, user_id)
);
CREATE INDEX user_search_by_user ON user_search (pool_id, user_id);

-- One code per user and purpose: the newest. Attempts are counted across resends.
CREATE TABLE verification_codes (
    pool_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    code_hash TEXT,
    -- The attribute that the code verifies (`email`, `phone_number`).
    attribute TEXT,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    sent_count BIGINT NOT NULL,
    window_started_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, user_id, purpose)
);

-- Challenge sessions that have been answered: a session string serves once, wrong answers are counted.
CREATE TABLE challenge_sessions (
    pool_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, session_id)
);
CREATE INDEX challenge_sessions_by_expiry ON challenge_sessions (expires_at);

-- One row a sign-in: the refresh token's hash and what every token of the family is judged by.
CREATE TABLE token_families (
    pool_id TEXT NOT NULL,
    origin_jti TEXT NOT NULL,
    user_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    device_key TEXT,
    refresh_token_hash TEXT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (pool_id, origin_jti)
);
CREATE INDEX token_families_by_user ON token_families (pool_id, user_id);
CREATE INDEX token_families_by_expiry ON token_families (expires_at);

-- Messages to people, sealed: they carry codes.
CREATE TABLE outbox_messages (
    pool_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sealed_message BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, message_id)
);
CREATE INDEX outbox_messages_by_time ON outbox_messages (created_at);

CREATE TABLE identity_pools (
    identity_pool_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    configuration TEXT NOT NULL,
    roles TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL
);
CREATE INDEX identity_pools_by_account ON identity_pools (account_id, region, identity_pool_id);

CREATE TABLE identities (
    identity_pool_id TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    -- Whether it has ever had a login: a guest's identity never turns back into one.
    authenticated SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (identity_pool_id, identity_id)
);

-- A login (provider, subject) belongs to one identity.
CREATE TABLE identity_logins (
    identity_pool_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    PRIMARY KEY (identity_pool_id, provider, subject)
);
CREATE INDEX identity_logins_by_identity ON identity_logins (identity_pool_id, identity_id);

-- Directory: the wire names identities without their pool.
CREATE TABLE identity_directory (
    identity_id TEXT NOT NULL PRIMARY KEY,
    identity_pool_id TEXT NOT NULL
);

CREATE TABLE iam_users (
    account_id TEXT NOT NULL,
    -- Lower case: IAM names are unique regardless of case.
    user_name_key TEXT NOT NULL,
    user_name TEXT NOT NULL,
    -- AIDA…
    user_id TEXT NOT NULL,
    path TEXT NOT NULL,
    permissions_boundary TEXT,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_name_key)
);
CREATE UNIQUE INDEX iam_users_by_id ON iam_users (account_id, user_id);

CREATE TABLE iam_roles (
    account_id TEXT NOT NULL,
    role_name_key TEXT NOT NULL,
    role_name TEXT NOT NULL,
    -- AROA…
    role_id TEXT NOT NULL,
    path TEXT NOT NULL,
    description TEXT,
    assume_role_policy TEXT NOT NULL,
    max_session_seconds BIGINT NOT NULL,
    permissions_boundary TEXT,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, role_name_key)
);
CREATE UNIQUE INDEX iam_roles_by_id ON iam_roles (account_id, role_id);

-- Inline policies of users and roles, by the owner's unique id (AIDA…, AROA…).
CREATE TABLE iam_inline_policies (
    account_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    policy_name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account_id, owner_id, policy_name)
);

-- The key id carries its account (as AWS's do), so no directory is needed to find the row.
CREATE TABLE iam_access_keys (
    account_id TEXT NOT NULL,
    access_key_id TEXT NOT NULL,
    -- The owner's AIDA…; the account id itself for the account's root.
    owner_id TEXT NOT NULL,
    sealed_secret BYTEA NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, access_key_id)
);
CREATE INDEX iam_access_keys_by_owner ON iam_access_keys (account_id, owner_id, created_at);
