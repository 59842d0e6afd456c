-- Whoever signed in by a password: that very password, which goes on being asked for. Absent where a key was proven.
ALTER TABLE console_sessions ADD COLUMN password_id TEXT;
-- When they showed a code of their MFA device.
ALTER TABLE console_sessions ADD COLUMN mfa_at BIGINT;
-- The end of the whole session, however much it is used, where the password says so.
ALTER TABLE console_sessions ADD COLUMN whole_seconds BIGINT;
