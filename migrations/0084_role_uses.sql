-- When a role was last used by one of its sessions, and in which region: some minutes old at most, and absent for one that never was.
ALTER TABLE iam_roles ADD COLUMN last_used_at BIGINT;
ALTER TABLE iam_roles ADD COLUMN last_used_service TEXT;
ALTER TABLE iam_roles ADD COLUMN last_used_region TEXT;
