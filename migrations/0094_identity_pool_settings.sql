-- Which role a login is given, and what its claims become in the session; tags; the names that developers have for users.
ALTER TABLE identity_pools ADD COLUMN role_mappings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE identity_pools ADD COLUMN principal_tags TEXT NOT NULL DEFAULT '{}';
ALTER TABLE identity_pools ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
-- A developer's name for a user, whose subject is a digest of it: a name may be longer than an index takes.
ALTER TABLE identity_logins ADD COLUMN user_identifier TEXT;
