-- Groups of IAM users. Their inline policies are in iam_inline_policies, by the group's unique id.
CREATE TABLE iam_groups (
    account_id TEXT NOT NULL,
    -- Lower case: IAM names are unique regardless of case.
    group_name_key TEXT NOT NULL,
    group_name TEXT NOT NULL,
    -- AGPA…
    group_id TEXT NOT NULL,
    path TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, group_name_key)
);
CREATE UNIQUE INDEX iam_groups_by_id ON iam_groups (account_id, group_id);

CREATE TABLE iam_group_members (
    account_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (account_id, group_id, user_id)
);
CREATE INDEX iam_group_members_by_user ON iam_group_members (account_id, user_id, group_id);
