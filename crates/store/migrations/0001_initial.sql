-- Columns are TEXT, BIGINT or BYTEA. Times are unix milliseconds. doc is JSON without secrets, sealed holds
-- them. Hashes are SHA-256.

-- Configuration: what the management API writes. A row goes with what it belongs to.

CREATE TABLE config_version (id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);
INSERT INTO config_version (id, version) VALUES (1, 0);

-- What the versions changed: a tenant, or one workspace of it. Old rows are pruned as new ones come.
CREATE TABLE config_changes (
    version BIGINT NOT NULL PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    workspace_id TEXT
);

-- One sealed value that tells at start whether the right master key was given.
CREATE TABLE master_key_check (id BIGINT NOT NULL PRIMARY KEY, sealed BYTEA NOT NULL);

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA
);

CREATE TABLE workspaces (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE clients (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX clients_by_id ON clients (tenant_id, workspace_id, id);
CREATE INDEX clients_by_name ON clients (tenant_id, workspace_id, name_key, id);
CREATE INDEX clients_by_age ON clients (tenant_id, workspace_id, created_at, id);

CREATE TABLE services (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, workspace_id, id),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE scopes (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    service_id TEXT,
    tags TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, workspace_id, name),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, workspace_id, service_id) REFERENCES services (tenant_id, workspace_id, id)
        ON DELETE CASCADE
);
CREATE INDEX scopes_by_service ON scopes (tenant_id, workspace_id, service_id);

CREATE TABLE idps (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idps_by_workspace ON idps (tenant_id, workspace_id, id);

CREATE TABLE signing_keys (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    kid TEXT NOT NULL,
    key_use TEXT NOT NULL,
    alg TEXT NOT NULL,
    state TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    promoted_at BIGINT,
    rotated_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, workspace_id, kid),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX signing_keys_current ON signing_keys (tenant_id, workspace_id, key_use, alg)
    WHERE state = 'current';
CREATE UNIQUE INDEX signing_keys_next ON signing_keys (tenant_id, workspace_id, key_use, alg)
    WHERE state = 'next';

-- Remembered consent.
CREATE TABLE scope_grants (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, subject, client_id, scope),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX scope_grants_by_client ON scope_grants (tenant_id, client_id);

-- What expires, and is swept. No foreign keys: an insert here must not lock rows of configuration.

CREATE TABLE sessions (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id_hash BYTEA NOT NULL,
    subject TEXT NOT NULL,
    doc TEXT NOT NULL,
    auth_time BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, id_hash)
);
CREATE INDEX sessions_by_subject ON sessions (tenant_id, workspace_id, subject);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE authorize_sessions (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id_hash BYTEA NOT NULL,
    browser_hash BYTEA NOT NULL,
    version BIGINT NOT NULL,
    doc TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, id_hash)
);
CREATE INDEX authorize_sessions_by_expiry ON authorize_sessions (expires_at);

-- One row for a code and everything issued from it.
CREATE TABLE grants (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT,
    doc TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, id)
);
CREATE INDEX grants_by_client ON grants (tenant_id, workspace_id, client_id);
CREATE INDEX grants_by_subject ON grants (tenant_id, workspace_id, subject);
CREATE INDEX grants_by_expiry ON grants (expires_at);

CREATE TABLE codes (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    code_hash BYTEA NOT NULL,
    grant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    doc TEXT NOT NULL,
    consumed_at BIGINT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, code_hash)
);
CREATE INDEX codes_by_expiry ON codes (expires_at);

CREATE TABLE refresh_tokens (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    grant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    doc TEXT NOT NULL,
    consumed_at BIGINT,
    successor_hash BYTEA,
    successor_sealed BYTEA,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, token_hash)
);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

-- Opaque access tokens.
CREATE TABLE access_tokens (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    grant_id TEXT,
    client_id TEXT NOT NULL,
    doc TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, token_hash)
);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);

-- Signed tokens that were revoked before they expire.
CREATE TABLE revoked_tokens (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    jti_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, jti_hash)
);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- Values that may be used once: assertion and DPoP jti, nonces.
CREATE TABLE used_values (
    kind TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    value_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, kind, value_hash)
);
CREATE INDEX used_values_by_expiry ON used_values (expires_at);
