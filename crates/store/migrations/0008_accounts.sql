-- People who made an account at an identity provider themselves. name is what they chose to be called, name_key how two
-- of them are told apart in the workspace: whoever types a name names no identity provider. sealed: the password's hash
-- and what the person told about themselves. An account goes with its identity provider.
DROP INDEX idps_by_workspace;
CREATE UNIQUE INDEX idps_by_workspace ON idps (tenant_id, workspace_id, id);

CREATE TABLE accounts (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    idp_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    tags TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, id),
    UNIQUE (tenant_id, workspace_id, name_key),
    FOREIGN KEY (tenant_id, workspace_id, idp_id) REFERENCES idps (tenant_id, workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX accounts_by_age ON accounts (tenant_id, workspace_id, idp_id, created_at, id);
