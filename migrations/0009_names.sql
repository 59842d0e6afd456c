-- Every name by which a user of a pool signs in: one row a name, so that no two users ever share one, whatever each calls it.
-- A name of the form of a `sub` has no row: it is found by `users.user_id`, and is nothing else.

CREATE TABLE user_names (
    pool_id TEXT NOT NULL,
    -- The one canonical form.
    name_key TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- `username`, or the attribute that holds it: `email`, `phone_number`.
    kind TEXT NOT NULL,
    PRIMARY KEY (pool_id, name_key)
);
CREATE INDEX user_names_by_user ON user_names (pool_id, user_id);

-- Verified addresses first: where a username was taken that is another user's address, the address stays with its owner.
INSERT INTO user_names (pool_id, name_key, user_id, kind)
SELECT pool_id, alias_key, user_id, kind FROM user_aliases WHERE alias_key <> user_id
ON CONFLICT (pool_id, name_key) DO NOTHING;

INSERT INTO user_names (pool_id, name_key, user_id, kind)
SELECT pool_id, username_key, user_id, 'username' FROM users WHERE username_key <> user_id
ON CONFLICT (pool_id, name_key) DO NOTHING;

-- `user_aliases` is read no more; a later step drops it, and `users.username_key` with its index.
