-- What users did, or others in their name: sign-ins and what is about them, by user. Kept for a time.
CREATE TABLE user_auth_events (
    pool_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When the last step of it was noted: an earlier step that is written later changes nothing.
    noted_at BIGINT NOT NULL,
    -- SignIn, SignUp, ForgotPassword, PasswordChange, ResendCode
    event_type TEXT NOT NULL,
    -- Pass, Fail, InProgress
    response TEXT NOT NULL,
    -- What was asked and answered, and where from.
    details TEXT NOT NULL,
    -- Valid, Invalid: what somebody said of it, who, and when.
    feedback TEXT,
    feedback_by TEXT,
    feedback_at BIGINT,
    PRIMARY KEY (pool_id, user_id, event_id)
);
CREATE INDEX user_auth_events_by_user ON user_auth_events (pool_id, user_id, created_at, event_id);
CREATE INDEX user_auth_events_by_time ON user_auth_events (created_at);
