-- How many messages may still go to an address: exact on every node, for a message is sent where its row is.
CREATE TABLE message_budgets (
    pool_id TEXT NOT NULL,
    -- A keyed hash of the address.
    address_hash TEXT NOT NULL,
    -- When all that was spent will have come back; from then on the row says nothing.
    spent_until BIGINT NOT NULL,
    PRIMARY KEY (pool_id, address_hash)
);
CREATE INDEX message_budgets_by_end ON message_budgets (spent_until);
