-- Groups of a pool's users: what tokens tell of them, and the roles that they prefer.
CREATE TABLE user_groups (
    pool_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    description TEXT,
    role_arn TEXT,
    -- The lower takes precedence; absent is the lowest of all.
    precedence BIGINT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, group_name)
);

CREATE TABLE user_group_members (
    pool_id TEXT NOT NULL,
    group_name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (pool_id, group_name, user_id)
);
CREATE INDEX user_group_members_by_user ON user_group_members (pool_id, user_id, group_name);
