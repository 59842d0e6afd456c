-- Rotation of refresh tokens: how many have followed the sign-in's first, whose hash stays.
ALTER TABLE token_families ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
-- When the last of them followed the one before it.
ALTER TABLE token_families ADD COLUMN rotated_at BIGINT;
