-- Types of authorization details (RFC 9396), claims and classes of authentication that a workspace knows; and which
-- details people have allowed. A row goes with what it belongs to.

CREATE TABLE authorization_details (
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
CREATE INDEX authorization_details_by_service ON authorization_details (tenant_id, workspace_id, service_id);

CREATE TABLE claims (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    claim_type TEXT NOT NULL,
    tags TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    doc TEXT NOT NULL,
    sealed BYTEA,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, workspace_id, claim_type, name),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);

-- The claims that scopes brought before there were such rows (OpenID Connect Core §5.4).
INSERT INTO claims
    (tenant_id, workspace_id, id, name, name_key, claim_type, tags, version, created_at, updated_at, doc)
SELECT w.tenant_id, w.id, w.id || '-' || c.name, c.name, c.name, 'id_token', '', 1, w.created_at, w.created_at,
    '{"authorization_server_id":"' || w.id || '","id":"' || w.id || '-' || c.name || '","name":"' || c.name
    || '","opaque":false,"scopes":["' || c.scope || '"],"source_path":"' || c.name
    || '","source_type":"authnCtx","tenant_id":"' || w.tenant_id || '","type":"id_token","verified":false}'
FROM workspaces w CROSS JOIN (
        SELECT 'name' AS name, 'profile' AS scope UNION ALL
        SELECT 'family_name', 'profile' UNION ALL
        SELECT 'given_name', 'profile' UNION ALL
        SELECT 'middle_name', 'profile' UNION ALL
        SELECT 'nickname', 'profile' UNION ALL
        SELECT 'preferred_username', 'profile' UNION ALL
        SELECT 'profile', 'profile' UNION ALL
        SELECT 'picture', 'profile' UNION ALL
        SELECT 'website', 'profile' UNION ALL
        SELECT 'gender', 'profile' UNION ALL
        SELECT 'birthdate', 'profile' UNION ALL
        SELECT 'zoneinfo', 'profile' UNION ALL
        SELECT 'locale', 'profile' UNION ALL
        SELECT 'updated_at', 'profile' UNION ALL
        SELECT 'email', 'email' UNION ALL
        SELECT 'email_verified', 'email' UNION ALL
        SELECT 'address', 'address' UNION ALL
        SELECT 'phone_number', 'phone' UNION ALL
        SELECT 'phone_number_verified', 'phone'
    ) c;

CREATE TABLE acrs (
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
    UNIQUE (tenant_id, workspace_id, name),
    FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspaces (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE detail_consents (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    client_id TEXT NOT NULL,
    detail_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, subject, client_id, detail_hash),
    FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX detail_consents_by_expiry ON detail_consents (expires_at);
