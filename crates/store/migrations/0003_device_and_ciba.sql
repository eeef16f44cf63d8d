-- Requests that a client makes on one device and a person answers on another (RFC 8628, CIBA). The state is pending,
-- approved, denied or spent. notify_at: when the client is next told, unix milliseconds.
CREATE TABLE decoupled_requests (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id_hash BYTEA NOT NULL,
    handle TEXT NOT NULL,
    kind TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT,
    user_code_hash BYTEA,
    state TEXT NOT NULL,
    grant_id TEXT,
    doc TEXT NOT NULL,
    sealed BYTEA,
    created_at BIGINT NOT NULL,
    notify_at BIGINT,
    notify_attempts BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, id_hash)
);
CREATE UNIQUE INDEX decoupled_requests_by_handle ON decoupled_requests (tenant_id, handle);
CREATE UNIQUE INDEX decoupled_requests_by_user_code ON decoupled_requests (tenant_id, workspace_id, user_code_hash);
CREATE INDEX decoupled_requests_by_subject ON decoupled_requests (tenant_id, workspace_id, subject);
CREATE INDEX decoupled_requests_by_client ON decoupled_requests (tenant_id, workspace_id, client_id);
CREATE INDEX decoupled_requests_due ON decoupled_requests (notify_at) WHERE notify_at IS NOT NULL;
CREATE INDEX decoupled_requests_by_expiry ON decoupled_requests (expires_at);
