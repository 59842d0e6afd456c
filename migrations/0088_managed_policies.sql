-- Policies with an ARN of their own, which users, groups and roles share.
CREATE TABLE iam_policies (
    account_id TEXT NOT NULL,
    -- Lower case: IAM names are unique regardless of case.
    policy_name_key TEXT NOT NULL,
    policy_name TEXT NOT NULL,
    -- ANPA…
    policy_id TEXT NOT NULL,
    path TEXT NOT NULL,
    description TEXT,
    -- The number of the version that holds.
    default_version BIGINT NOT NULL,
    -- The highest number that was ever given: none is given twice.
    last_version BIGINT NOT NULL,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, policy_name_key)
);
CREATE UNIQUE INDEX iam_policies_by_id ON iam_policies (account_id, policy_id);

CREATE TABLE iam_policy_versions (
    account_id TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    document TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, policy_id, version)
);

-- Whose policies they are: a user's, a group's or a role's, by unique id. The policy may be AWS's, which no table has.
CREATE TABLE iam_policy_attachments (
    account_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    PRIMARY KEY (account_id, owner_id, policy_id)
);
CREATE INDEX iam_policy_attachments_by_policy ON iam_policy_attachments (account_id, policy_id, owner_id);

-- The policy that a user or role may not go beyond.
CREATE TABLE iam_permissions_boundaries (
    account_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    PRIMARY KEY (account_id, owner_id)
);
CREATE INDEX iam_permissions_boundaries_by_policy ON iam_permissions_boundaries (account_id, policy_id, owner_id);
