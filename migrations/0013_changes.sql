-- What was changed of what nodes hold in memory: read by every node, a few times a second, and deleted by age.
-- One row a transaction that changed configuration; no row for users, sign-ins or tokens.
CREATE TABLE configuration_changes (
    -- A run of numbers of one process, made by it: rows of different nodes never contend.
    stream TEXT NOT NULL,
    -- 1, 2, 3, …: committed in this order, and without a gap.
    number BIGINT NOT NULL,
    changes TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (stream, number)
);
CREATE INDEX configuration_changes_by_time ON configuration_changes (changed_at);
