-- Messages that a function of their pool delivers, until it was called: sealed, for they carry codes.
CREATE TABLE sender_events (
    pool_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    sealed_event BYTEA NOT NULL,
    queued_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, event_id)
);
CREATE INDEX sender_events_by_time ON sender_events (queued_at, event_id);
