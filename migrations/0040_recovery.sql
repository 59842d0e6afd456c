-- Recovery and changes of a user's account.

-- An address that waits until a code has verified it; until then the profile keeps the one before.
CREATE TABLE pending_addresses (
    pool_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- 'email' or 'phone_number'.
    attribute TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (pool_id, user_id, attribute)
);

-- Hashes of the passwords that a user had before, for pools that let none of them be taken again.
CREATE TABLE password_history (
    pool_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- Which of the user's passwords it was.
    password_generation BIGINT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (pool_id, user_id, password_generation)
);
