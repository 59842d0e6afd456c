-- Where a pool's logs go.
CREATE TABLE pool_log_deliveries (
    pool_id TEXT NOT NULL PRIMARY KEY,
    configurations TEXT NOT NULL
);

-- The certificates that a pool's SAML requests are signed by: the newest signs, older ones stay known.
CREATE TABLE pool_saml_certificates (
    pool_id TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    -- X.509, DER in base64.
    certificate TEXT NOT NULL,
    sealed_key BYTEA NOT NULL,
    PRIMARY KEY (pool_id, issued_at)
);

-- How many requests a second of a category an account has in a region, where it is not what is free.
CREATE TABLE provisioned_limits (
    account_id TEXT NOT NULL,
    region TEXT NOT NULL,
    category TEXT NOT NULL,
    requests_per_second BIGINT NOT NULL,
    PRIMARY KEY (account_id, region, category)
);
