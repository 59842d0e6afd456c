-- The import jobs of user pools. `due_at` is when a node looks at one; none for a job that is over and left nothing to clear.
CREATE TABLE user_import_jobs (
    pool_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    name TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    hashing_algorithm TEXT,
    status TEXT NOT NULL,
    due_at BIGINT,
    upload_id TEXT,
    uploaded_bytes BIGINT NOT NULL,
    next_byte BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    columns_read TEXT,
    imported BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    completion_message TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    PRIMARY KEY (pool_id, job_id)
);
CREATE INDEX user_import_jobs_due ON user_import_jobs (due_at);
CREATE INDEX user_import_jobs_by_time ON user_import_jobs (pool_id, created_at, job_id);

-- The uploaded file of a job, in pieces of one length, sealed.
CREATE TABLE user_import_pieces (
    pool_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    upload_id TEXT NOT NULL,
    sealed_piece BYTEA NOT NULL,
    PRIMARY KEY (pool_id, job_id, number)
);

-- Why lines of a file made no user.
CREATE TABLE user_import_failures (
    pool_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (pool_id, job_id, line)
);

-- The password hashes that users brought along, until they sign in.
CREATE TABLE imported_passwords (
    pool_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sealed_hash BYTEA NOT NULL,
    PRIMARY KEY (pool_id, user_id)
);
