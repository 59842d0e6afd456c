-- What pools, and single clients of them, do about risk. A client without a row does as its pool does.
CREATE TABLE pool_risk_configurations (
    pool_id TEXT NOT NULL PRIMARY KEY,
    configuration TEXT NOT NULL,
    modified_at BIGINT NOT NULL
);

CREATE TABLE client_risk_configurations (
    pool_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    configuration TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, client_id)
);
