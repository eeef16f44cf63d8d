-- Clients that are to be told that a session is over (OpenID Connect Back-Channel Logout). A row goes when its client
-- has been told, or will not be. due_at: when it is next told, unix milliseconds.
CREATE TABLE logout_notices (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    doc TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, id)
);
CREATE INDEX logout_notices_by_client ON logout_notices (tenant_id, workspace_id, client_id);
CREATE INDEX logout_notices_due ON logout_notices (due_at);
CREATE INDEX logout_notices_by_expiry ON logout_notices (expires_at);
