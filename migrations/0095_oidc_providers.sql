-- OpenID Connect providers that an account's roles may trust.
CREATE TABLE iam_oidc_providers (
    account_id TEXT NOT NULL,
    -- The issuer without its scheme, as ARNs and condition keys have it.
    provider_name TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    -- The issuer, as its tokens have it.
    url TEXT NOT NULL,
    client_ids TEXT NOT NULL,
    thumbprints TEXT NOT NULL,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, provider_name)
);
