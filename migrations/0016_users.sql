-- What nothing reads. Names are in `user_names`, tries in `sign_in_attempts`, what is revoked in `token_families`.
DROP INDEX users_by_username;
ALTER TABLE users DROP COLUMN username_key;
ALTER TABLE users DROP COLUMN failed_attempts;
ALTER TABLE users DROP COLUMN locked_until;
ALTER TABLE users DROP COLUMN signed_out_at;
ALTER TABLE users DROP COLUMN password_set_at;
DROP TABLE user_aliases;
