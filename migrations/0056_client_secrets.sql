-- App clients have two secrets at most, so that one is changed for another while both serve. `sealed_secret` is the older.
ALTER TABLE user_pool_clients ADD COLUMN secret_created_at BIGINT;
-- Whether answers keep it back: whoever brought their own secret, or was told it once, knows it already.
ALTER TABLE user_pool_clients ADD COLUMN secret_is_withheld SMALLINT NOT NULL DEFAULT 0;
-- The younger, which answers always keep back.
ALTER TABLE user_pool_clients ADD COLUMN second_sealed_secret BYTEA;
ALTER TABLE user_pool_clients ADD COLUMN second_secret_created_at BIGINT;
UPDATE user_pool_clients SET secret_created_at = created_at WHERE sealed_secret IS NOT NULL;
