//! API keys on the wire.

use domain::api_key::KeyStatus;
use domain::{Timestamp, access};
use openapi::api_key::{ApiKey, ApiKeyStatus, Scope};

use super::time;
use super::user::role;

/// What administrators see of a key.
pub(crate) fn managed(key: storage::api_keys::ApiKey, now: Timestamp) -> ApiKey {
    ApiKey {
        status: status(key.status(now)),
        id: key.id.to_string(),
        name: key.name,
        hint: key.hint,
        role: role(key.role),
        scopes: key.scopes.map(|scopes| scopes.iter().map(scope).collect()),
        sections: key.sections.iter().map(ToString::to_string).collect(),
        requests_per_minute: key.requests_per_minute,
        expires_at: time(key.expires_at),
        revoked_at: time(key.revoked_at),
        last_used_at: time(key.last_used_at),
        version: key.version,
        created_at: key.created_at.to_string(),
        created_by: key.created_by,
    }
}

fn status(status: KeyStatus) -> ApiKeyStatus {
    match status {
        KeyStatus::Valid => ApiKeyStatus::Valid,
        KeyStatus::Expired => ApiKeyStatus::Expired,
        KeyStatus::Revoked => ApiKeyStatus::Revoked,
    }
}

fn scope(scope: access::Scope) -> Scope {
    match scope {
        access::Scope::ArticlesRead => Scope::ArticlesRead,
        access::Scope::ArticlesWrite => Scope::ArticlesWrite,
        access::Scope::Publish => Scope::Publish,
        access::Scope::SectionsWrite => Scope::SectionsWrite,
        access::Scope::TagsWrite => Scope::TagsWrite,
        access::Scope::AuthorsWrite => Scope::AuthorsWrite,
        access::Scope::CommentsModerate => Scope::CommentsModerate,
        access::Scope::ChangesRead => Scope::ChangesRead,
    }
}

/// A scope that a request names.
pub(crate) fn asked_scope(scope: Scope) -> access::Scope {
    match scope {
        Scope::ArticlesRead => access::Scope::ArticlesRead,
        Scope::ArticlesWrite => access::Scope::ArticlesWrite,
        Scope::Publish => access::Scope::Publish,
        Scope::SectionsWrite => access::Scope::SectionsWrite,
        Scope::TagsWrite => access::Scope::TagsWrite,
        Scope::AuthorsWrite => access::Scope::AuthorsWrite,
        Scope::CommentsModerate => access::Scope::CommentsModerate,
        Scope::ChangesRead => access::Scope::ChangesRead,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_has_every_scope_by_its_name() {
        for &known in access::Scope::ALL {
            let wire = scope(known);
            assert_eq!(asked_scope(wire), known);
            assert_eq!(serde_json::to_value(wire).unwrap(), known.as_str());
        }
    }
}
