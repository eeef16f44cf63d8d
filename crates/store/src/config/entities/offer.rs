//! What a workspace has to offer: services, their scopes and authorization details, claims and ACRs. Nothing in them is
//! secret.

use super::sealed::Layout;
use super::{Entity, WorkspaceEntity, word};
use crate::entity::{Acr, AuthorizationDetail, Claim, Scope, Service, Timestamp};

impl Entity for Service {
    const NAME: &'static str = "service";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its kind, and `built_in` when it cannot be deleted.
    fn tags(&self) -> Vec<String> {
        let mut tags = vec![word(&self.kind)];
        if self.system {
            tags.push("built_in".to_owned());
        }
        tags
    }
}

impl Layout for Service {
    const TABLE: &'static str = "services";

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }

    fn stamp(&mut self, _created: i64, updated: i64) {
        self.updated_at = Some(Timestamp(updated));
    }
}

impl WorkspaceEntity for Service {}

impl Entity for Scope {
    const NAME: &'static str = "scope";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Layout for Scope {
    const TABLE: &'static str = "scopes";
    const EXTRA: Option<&'static str> = Some("service_id");

    fn extra(&self) -> Option<&str> {
        self.service_id.as_deref()
    }

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for Scope {}

impl Entity for AuthorizationDetail {
    const NAME: &'static str = "authorization detail";

    fn id(&self) -> &str {
        &self.id
    }

    /// Its type: that is what is unique.
    fn name(&self) -> &str {
        &self.kind
    }
}

impl Layout for AuthorizationDetail {
    const TABLE: &'static str = "authorization_details";
    const EXTRA: Option<&'static str> = Some("service_id");

    fn extra(&self) -> Option<&str> {
        self.service_id.as_deref()
    }

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for AuthorizationDetail {}

impl Entity for Claim {
    const NAME: &'static str = "claim";

    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Layout for Claim {
    const TABLE: &'static str = "claims";
    const EXTRA: Option<&'static str> = Some("claim_type");

    fn extra(&self) -> Option<&str> {
        Some(self.kind.as_str())
    }

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for Claim {}

impl Entity for Acr {
    const NAME: &'static str = "ACR";

    fn id(&self) -> &str {
        &self.id
    }

    /// Its value: that is what is unique.
    fn name(&self) -> &str {
        &self.value
    }
}

impl Layout for Acr {
    const TABLE: &'static str = "acrs";

    fn place(&mut self, tenant: &str, workspace: &str) {
        tenant.clone_into(&mut self.tenant_id);
        workspace.clone_into(&mut self.authorization_server_id);
    }
}

impl WorkspaceEntity for Acr {}
