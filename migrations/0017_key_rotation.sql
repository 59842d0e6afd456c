-- Since when a signing key is in its state: what is to be rotated, and what to be deleted, is found by it, the oldest first.
ALTER TABLE pool_signing_keys ADD COLUMN state_since BIGINT NOT NULL DEFAULT 0;
UPDATE pool_signing_keys SET state_since = created_at;
CREATE INDEX pool_signing_keys_by_state ON pool_signing_keys (state, state_since, pool_id);
