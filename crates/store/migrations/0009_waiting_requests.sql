-- What waits for a decision in a tenant, the oldest first.
CREATE INDEX decoupled_requests_waiting ON decoupled_requests (tenant_id, kind, created_at, handle)
    WHERE state = 'pending';
