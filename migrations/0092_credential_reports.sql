-- The newest report on the credentials of an account's users.
CREATE TABLE iam_credential_reports (
    account_id TEXT NOT NULL,
    -- CSV.
    content TEXT NOT NULL,
    generated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);
