-- Sign-in: what a session rests on is numbered, and tries are counted by name, whoever it names.

-- Raised by each set of a password, whoever sets it: what was proven by an older one counts no more.
ALTER TABLE users ADD COLUMN password_generation BIGINT NOT NULL DEFAULT 0;
-- Raised by each enrolment of a second factor.
ALTER TABLE users ADD COLUMN factor_generation BIGINT NOT NULL DEFAULT 0;
-- The name that the SRP verifier was made for; absent where it is the username.
ALTER TABLE users ADD COLUMN srp_name TEXT;
-- What the user calls the device of their authenticator.
ALTER TABLE users ADD COLUMN totp_device_name TEXT;

-- Tries at secrets. `failed_attempts` and `locked_until` of `users`, which only known users had, rest unused.
CREATE TABLE sign_in_attempts (
    pool_id TEXT NOT NULL,
    -- A keyed hash of the user's id, or of a name that nobody has: rows of both look alike.
    name_hash TEXT NOT NULL,
    -- 'password' or 'second'.
    factor TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    locked_until BIGINT,
    -- When the count is forgotten: after a quiet time that begins with the last try, or with the end of its lock.
    fades_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, name_hash, factor)
);
CREATE INDEX sign_in_attempts_by_fading ON sign_in_attempts (fades_at);
