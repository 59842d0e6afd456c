-- The domains that pools sign their users in at: one prefix and one custom domain a pool.
CREATE TABLE user_pool_domains (
    pool_id TEXT NOT NULL,
    -- 'prefix' or 'custom'.
    kind TEXT NOT NULL,
    domain TEXT NOT NULL,
    certificate_arn TEXT,
    security_policy TEXT,
    managed_login_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, kind)
);

-- Directory: a browser names a domain without its pool. A domain is one pool's in the whole deployment.
CREATE TABLE domain_directory (
    domain TEXT NOT NULL PRIMARY KEY,
    pool_id TEXT NOT NULL
);
CREATE INDEX domain_directory_by_pool ON domain_directory (pool_id);
