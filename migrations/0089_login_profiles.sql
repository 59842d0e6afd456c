-- What is asked of the passwords of an account's IAM users, where it says so itself.
CREATE TABLE iam_password_policies (
    account_id TEXT NOT NULL,
    policy TEXT NOT NULL,
    PRIMARY KEY (account_id)
);

-- The passwords of IAM users, for the console.
CREATE TABLE iam_login_profiles (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- Another for each password that is set: what was begun with one ends with it.
    password_id TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_set_at BIGINT NOT NULL,
    password_reset_required SMALLINT NOT NULL,
    -- How long a session that begins with it may last, where it is said.
    max_session_seconds BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id)
);

-- Hashes of the passwords that they had before.
CREATE TABLE iam_password_history (
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    password_id TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    password_set_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id, password_id)
);

-- Tries at secrets of IAM users, by a keyed hash of whom they were for: the same rows for users and for names that nobody has.
CREATE TABLE iam_sign_in_attempts (
    account_id TEXT NOT NULL,
    name_hash TEXT NOT NULL,
    -- 'password' or 'second'.
    factor TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    locked_until BIGINT,
    fades_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, name_hash, factor)
);
CREATE INDEX iam_sign_in_attempts_by_fading ON iam_sign_in_attempts (fades_at);

ALTER TABLE iam_users ADD COLUMN password_last_used_at BIGINT;
