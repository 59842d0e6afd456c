-- What signed calls did or were refused, and decisions that were denied.
CREATE TABLE audit_events (
    account_id TEXT NOT NULL,
    -- By time: milliseconds in 12 hexadecimal digits, a number that its node gave it in 8, and the call's id.
    event_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    principal TEXT NOT NULL,
    action TEXT NOT NULL,
    -- done, denied, refused, failed
    outcome TEXT NOT NULL,
    -- What is known beside: where from, for where, on what, why not.
    details TEXT NOT NULL,
    PRIMARY KEY (account_id, event_id)
);
CREATE INDEX audit_events_by_principal ON audit_events (account_id, principal, event_id);
CREATE INDEX audit_events_by_action ON audit_events (account_id, action, event_id);
CREATE INDEX audit_events_by_outcome ON audit_events (account_id, outcome, event_id);
CREATE INDEX audit_events_by_time ON audit_events (created_at);

-- How much happened in a user pool in an hour. Nodes add what they counted every few seconds.
CREATE TABLE pool_activity (
    pool_id TEXT NOT NULL,
    -- The hour's beginning, in milliseconds.
    hour_began_at BIGINT NOT NULL,
    sign_ups BIGINT NOT NULL,
    sign_ins BIGINT NOT NULL,
    mfa_sign_ins BIGINT NOT NULL,
    refused_sign_ins BIGINT NOT NULL,
    PRIMARY KEY (pool_id, hour_began_at)
);
CREATE INDEX pool_activity_by_time ON pool_activity (hour_began_at);
