//! Examples of API keys and of the change log.

use serde_json::Value;

use super::{ARTICLE, CREATED, PUBLISHED, UPDATED, WORLD, value};
use crate::api_key::{ApiKey, ApiKeyStatus, CreatedApiKey, NewApiKey, Scope};
use crate::change::{Change, ChangeEntity};
use crate::user::Role;

const KEY: &str = "key_38g7v9fe0x3ja";
const TEXT: &str = "bsk_pP0mFqS1c5v7Kz2tWnXyB4rLhUe8JdGa6QoTiMkRwxE";
const ADMIN: &str = "user:usr_38g7v6qajp37f";
const NAME: &str = "city desk";
const END: &str = "2027-11-23T00:00:00.000Z";

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "ApiKey" => value(key()),
        "CreatedApiKey" => value(CreatedApiKey {
            api_key: ApiKey {
                last_used_at: None,
                ..key()
            },
            key: TEXT.to_owned(),
        }),
        "NewApiKey" => value(NewApiKey {
            name: NAME.to_owned(),
            role: Role::Editor,
            scopes: Some(scopes()),
            sections: Some(vec!["city".to_owned()]),
            requests_per_minute: Some(120),
            expires_at: Some(END.to_owned()),
        }),
        "Change" => value(Change {
            seq: 4711,
            at: PUBLISHED.to_owned(),
            actor: ADMIN.to_owned(),
            kind: "published".to_owned(),
            entity: ChangeEntity::Article,
            entity_id: ARTICLE.to_owned(),
            data: None,
        }),
        _ => return None,
    })
}

fn scopes() -> Vec<Scope> {
    vec![Scope::ArticlesRead, Scope::ArticlesWrite, Scope::Publish]
}

fn key() -> ApiKey {
    ApiKey {
        id: KEY.to_owned(),
        name: NAME.to_owned(),
        hint: TEXT.chars().take(8).collect(),
        status: ApiKeyStatus::Valid,
        role: Role::Editor,
        scopes: Some(scopes()),
        sections: vec![WORLD.to_owned()],
        requests_per_minute: Some(120),
        expires_at: Some(END.to_owned()),
        revoked_at: None,
        last_used_at: Some(UPDATED.to_owned()),
        version: 1,
        created_at: CREATED.to_owned(),
        created_by: ADMIN.to_owned(),
    }
}
