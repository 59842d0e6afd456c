-- What users agree to when they sign up through a client: links, by language.
CREATE TABLE terms (
    pool_id TEXT NOT NULL,
    terms_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    terms_name TEXT NOT NULL,
    links TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, terms_id)
);
CREATE UNIQUE INDEX terms_by_client ON terms (pool_id, client_id, terms_name);
