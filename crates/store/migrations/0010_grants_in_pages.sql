-- The grants of a user are read in pages, in the order of their ids.
DROP INDEX grants_by_subject;
CREATE INDEX grants_by_subject ON grants (tenant_id, workspace_id, subject, id);
