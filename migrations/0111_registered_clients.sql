-- App clients that registered themselves (RFC 7591): apart from those that an administrator made, and by whom they are vouched for.
ALTER TABLE user_pool_clients ADD COLUMN is_registered SMALLINT NOT NULL DEFAULT 0;
-- Whether it brought no token, so that nobody vouches for it.
ALTER TABLE user_pool_clients ADD COLUMN is_registered_openly SMALLINT NOT NULL DEFAULT 0;
CREATE INDEX user_pool_clients_by_registration ON user_pool_clients (pool_id, is_registered, client_id);
