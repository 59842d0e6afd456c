-- Sessions: what is told of a sign-in while its pool tracks them. Sign-ins of pools that do not have none of this.
ALTER TABLE token_families ADD COLUMN session_id TEXT;
-- The last refresh, or the sign-in.
ALTER TABLE token_families ADD COLUMN last_active_at BIGINT;
ALTER TABLE token_families ADD COLUMN last_ip_address TEXT;
ALTER TABLE token_families ADD COLUMN device_type TEXT;
CREATE INDEX token_families_by_session ON token_families (pool_id, user_id, session_id);
