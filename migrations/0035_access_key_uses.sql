-- When an access key was last used, for which service and region: some minutes old at most, and absent for one that never was.
ALTER TABLE iam_access_keys ADD COLUMN last_used_at BIGINT;
ALTER TABLE iam_access_keys ADD COLUMN last_used_service TEXT;
ALTER TABLE iam_access_keys ADD COLUMN last_used_region TEXT;
