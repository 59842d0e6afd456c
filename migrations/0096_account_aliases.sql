-- Directory: accounts by their aliases. An account has one at most, and no two share one.
CREATE TABLE iam_account_aliases (
    account_id TEXT NOT NULL PRIMARY KEY,
    account_alias TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX iam_account_aliases_by_alias ON iam_account_aliases (account_alias);
