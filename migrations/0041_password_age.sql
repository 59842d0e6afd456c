-- When a user's password was set: of those that are there it is known no better than by the user's last change.
ALTER TABLE users ADD COLUMN password_set_at BIGINT;
UPDATE users SET password_set_at = modified_at WHERE password_hash IS NOT NULL;
