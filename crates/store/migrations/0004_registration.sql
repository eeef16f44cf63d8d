-- Clients that registered themselves (RFC 7591): how they manage their registration, and when they go unused.
-- A row goes with its client. expires_at is NULL for a client that stays.

CREATE TABLE registrations (
    tenant_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    token_hash BYTEA,
    token_expires_at BIGINT,
    former_hash BYTEA,
    former_until BIGINT,
    expires_at BIGINT,
    PRIMARY KEY (tenant_id, workspace_id, client_id)
);
CREATE INDEX registrations_by_expiry ON registrations (expires_at);
