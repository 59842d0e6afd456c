-- Client ID metadata documents: whose are taken, and those that were fetched.
CREATE TABLE cimd_policies (
    pool_id TEXT NOT NULL,
    cimd_policy_id TEXT NOT NULL,
    -- The client that its documents stand for; absent once that is gone.
    app_client_id TEXT,
    name TEXT NOT NULL,
    cache_seconds BIGINT NOT NULL,
    url_patterns TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, cimd_policy_id)
);
CREATE INDEX cimd_policies_by_client ON cimd_policies (pool_id, app_client_id);

CREATE TABLE client_metadata_documents (
    pool_id TEXT NOT NULL,
    cimd_policy_id TEXT NOT NULL,
    url TEXT NOT NULL,
    document TEXT NOT NULL,
    -- Whether it is to be fetched again before it is believed.
    is_stale SMALLINT NOT NULL,
    cached_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, cimd_policy_id, url)
);
CREATE INDEX client_metadata_documents_by_expiry ON client_metadata_documents (expires_at);
