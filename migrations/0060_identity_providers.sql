-- Who else vouches for a pool's users, and whom of them they know by what.
CREATE TABLE identity_providers (
    pool_id TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    provider_type TEXT NOT NULL,
    -- Details without secrets, attribute and ACR mapping.
    configuration TEXT NOT NULL,
    -- The client secret, or the private key.
    sealed_secrets BYTEA,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, provider_name)
);

-- Other names of a provider, each of one provider of a pool.
CREATE TABLE identity_provider_identifiers (
    pool_id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    PRIMARY KEY (pool_id, identifier)
);
CREATE INDEX identity_provider_identifiers_by_provider ON identity_provider_identifiers (pool_id, provider_name);

-- A user as a provider knows them: by its subject, or by an attribute until they first come from it.
CREATE TABLE user_identities (
    pool_id TEXT NOT NULL,
    provider_name TEXT NOT NULL,
    -- `Cognito_Subject` is the provider's subject.
    attribute_name TEXT NOT NULL,
    attribute_value TEXT NOT NULL,
    user_id TEXT NOT NULL,
    provider_type TEXT NOT NULL,
    issuer TEXT,
    -- Whether the user was made of this identity, and not linked to it.
    is_primary SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, provider_name, attribute_name, attribute_value)
);
CREATE INDEX user_identities_by_user ON user_identities (pool_id, user_id);
