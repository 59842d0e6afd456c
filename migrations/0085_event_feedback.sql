-- What is known of a user's own ways: the events that passed, and those of which somebody said whose they were. Wrong passwords,
-- however many, push none of them out of sight.
CREATE INDEX user_auth_events_known ON user_auth_events (pool_id, user_id, created_at, event_id)
    WHERE response = 'Pass' OR feedback IS NOT NULL;
