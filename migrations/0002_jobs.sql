-- Work that no request waits for. A job is the deployment's, so its key begins with no account or pool.
CREATE TABLE jobs (
    kind TEXT NOT NULL,
    job_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- How often it was begun since it was last done.
    attempts BIGINT NOT NULL,
    -- From when on it may be claimed: when it is due, or while a node runs it, when that node's lease ends.
    ready_at BIGINT NOT NULL,
    -- Who runs it; absent while nobody does.
    lease TEXT,
    PRIMARY KEY (kind, job_id)
);
CREATE INDEX jobs_by_readiness ON jobs (kind, ready_at, job_id);
