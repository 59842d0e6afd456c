-- What ListUsers finds enabled and disabled users by, page by page.
CREATE INDEX users_by_enabled ON users (pool_id, enabled, user_id);
