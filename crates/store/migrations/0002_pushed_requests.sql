-- Authorization requests that clients have pushed (RFC 9126).
CREATE TABLE pushed_requests (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    id_hash BYTEA NOT NULL,
    client_id TEXT NOT NULL,
    doc TEXT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, workspace_id, id_hash)
);
CREATE INDEX pushed_requests_by_expiry ON pushed_requests (expires_at);
