-- Tries and resends are counted for a name whether or not somebody has it; then `user_id` is a keyed hash of the name.
-- A code's own end and tries stand apart from the window's; `expires_at` is when the row can go.

ALTER TABLE verification_codes ADD COLUMN code_expires_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE verification_codes ADD COLUMN code_failed_attempts BIGINT NOT NULL DEFAULT 0;
UPDATE verification_codes SET code_expires_at = expires_at, code_failed_attempts = failed_attempts WHERE code_hash IS NOT NULL;
CREATE INDEX verification_codes_by_expiry ON verification_codes (expires_at);
