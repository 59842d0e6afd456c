-- What waits to go where a pool's logs go, in the order in which it was queued.
CREATE TABLE pool_log_records (
    pool_id TEXT NOT NULL,
    -- userNotification, userAuthEvents
    event_source TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    record_id TEXT NOT NULL,
    -- JSON, as it is delivered.
    record TEXT NOT NULL,
    PRIMARY KEY (pool_id, event_source, queued_at, record_id)
);
CREATE INDEX pool_log_records_by_time ON pool_log_records (queued_at);

-- When the records of a pool and source are tried next; none where none wait. And how often in a row that failed.
CREATE TABLE pool_log_streams (
    pool_id TEXT NOT NULL,
    event_source TEXT NOT NULL,
    due_at BIGINT,
    failures BIGINT NOT NULL,
    PRIMARY KEY (pool_id, event_source)
);
CREATE INDEX pool_log_streams_due ON pool_log_streams (due_at);
