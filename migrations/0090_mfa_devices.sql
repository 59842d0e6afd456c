-- Virtual MFA devices: each of an account, and of one user or of the root once it is enabled.
CREATE TABLE iam_mfa_devices (
    account_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    -- The ARN.
    serial_number TEXT NOT NULL,
    path TEXT NOT NULL,
    device_name TEXT NOT NULL,
    sealed_seed BYTEA NOT NULL,
    -- The user's AIDA…, or the account's number for the root; absent until it is enabled.
    owner_id TEXT,
    enabled_at BIGINT,
    -- How many steps the device's clock is ahead of ours.
    drift_steps BIGINT NOT NULL,
    -- The last step whose code was used: none serves twice.
    last_step BIGINT NOT NULL,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, serial_number)
);
CREATE UNIQUE INDEX iam_mfa_devices_by_id ON iam_mfa_devices (account_id, device_id);
CREATE INDEX iam_mfa_devices_by_owner ON iam_mfa_devices (account_id, owner_id, device_id);
