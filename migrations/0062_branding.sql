-- How a pool's sign-in pages look: the classic ones by CSS and a logo, the managed ones by styles.
CREATE TABLE ui_customizations (
    pool_id TEXT NOT NULL,
    -- A client's id, or `ALL` for those that have none of their own.
    applies_to TEXT NOT NULL,
    css TEXT,
    css_version TEXT,
    image BYTEA,
    image_type TEXT,
    image_hash TEXT,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, applies_to)
);
CREATE INDEX ui_customizations_by_image ON ui_customizations (pool_id, image_hash);

CREATE TABLE managed_login_brandings (
    pool_id TEXT NOT NULL,
    branding_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    use_provided_values SMALLINT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (pool_id, branding_id)
);
CREATE UNIQUE INDEX managed_login_brandings_by_client ON managed_login_brandings (pool_id, client_id);

CREATE TABLE managed_login_assets (
    pool_id TEXT NOT NULL,
    branding_id TEXT NOT NULL,
    category TEXT NOT NULL,
    color_mode TEXT NOT NULL,
    -- Empty where the category has one image only.
    resource_id TEXT NOT NULL,
    extension TEXT NOT NULL,
    image BYTEA NOT NULL,
    image_hash TEXT NOT NULL,
    PRIMARY KEY (pool_id, branding_id, category, color_mode, resource_id)
);
CREATE INDEX managed_login_assets_by_image ON managed_login_assets (pool_id, image_hash);
