-- What users, their names, factors and groups were before each change, so that a pool can be put back to how it was at a moment.
-- The state of a thing at a moment is the image of its first row after that moment; without such a row it is as it is now.
CREATE TABLE user_data_history (
    pool_id TEXT NOT NULL,
    -- 'name', 'identity', 'group', 'user', 'member', 'passkey'.
    kind TEXT NOT NULL,
    -- Which of them: a name, a `sub`, …
    thing TEXT NOT NULL,
    -- Of the changes of one moment the first is kept: what was before all of them.
    replaced_at BIGINT NOT NULL,
    -- What it was, JSON, with what is sealed as it rests sealed; absent where there was no such thing.
    image TEXT,
    PRIMARY KEY (pool_id, kind, thing, replaced_at)
);
CREATE INDEX user_data_history_by_time ON user_data_history (pool_id, kind, replaced_at, thing);
CREATE INDEX user_data_history_by_age ON user_data_history (replaced_at);

-- The recoveries of pools. `due_at` is when a node looks at one; none for one that is over.
CREATE TABLE user_pool_recoveries (
    pool_id TEXT NOT NULL,
    restore_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    status TEXT NOT NULL,
    due_at BIGINT,
    restored_to BIGINT NOT NULL,
    triggered_at BIGINT NOT NULL,
    initiated_at BIGINT NOT NULL,
    completed_at BIGINT,
    -- What it changes, counted: JSON.
    preview TEXT,
    -- How far it came: JSON.
    place TEXT,
    PRIMARY KEY (pool_id, restore_id)
);
-- One that is not over pauses what is written into its pool: there is one at most.
CREATE UNIQUE INDEX user_pool_recoveries_active ON user_pool_recoveries (pool_id) WHERE due_at IS NOT NULL;
CREATE INDEX user_pool_recoveries_due ON user_pool_recoveries (due_at);
CREATE INDEX user_pool_recoveries_by_time ON user_pool_recoveries (pool_id, initiated_at, restore_id);
CREATE INDEX user_pool_recoveries_by_account ON user_pool_recoveries (account_id, initiated_at);
