//! The change log on the wire.

use domain::Timestamp;
use domain::change::Entity;
use domain::id::{
    ApiKeyId, ArticleId, AuthorId, BanId, CommentId, PreviewLinkId, RuleId, SectionId, SessionId,
    TagId, UserId,
};
use openapi::change::{Change, ChangeData, ChangeEntity};
use serde::Deserialize;
use storage::changes::ChangeRow;

use crate::error::ApiError;

/// What the settings of the site are called, which have no id.
const SETTINGS: &str = "settings";

/// What the log holds about a change, as far as it goes out. What is not named here stays inside,
/// whatever is written into the log one day.
#[derive(Debug, Default, Deserialize)]
struct Held {
    article_id: Option<i64>,
    from: Option<String>,
    to: Option<String>,
    role: Option<String>,
    status: Option<String>,
    why: Option<String>,
    sessions: Option<i64>,
    reason: Option<String>,
    public_notice: Option<String>,
    slug: Option<String>,
    kid: Option<String>,
}

/// An entry of the log.
pub(crate) fn entry(row: ChangeRow) -> Result<Change, ApiError> {
    let held: Held = match row.data.as_deref() {
        Some(json) => serde_json::from_str(json).map_err(ApiError::internal)?,
        None => Held::default(),
    };
    let data = ChangeData {
        article_id: row
            .article
            .or(held.article_id.map(ArticleId::from_raw))
            .map(|id| id.to_string()),
        from: held.from,
        to: held.to,
        role: held.role,
        status: held.status,
        why: held.why,
        sessions: held.sessions,
        reason: held.reason,
        public_notice: held.public_notice,
        slug: held.slug,
        kid: held.kid,
    };
    Ok(Change {
        seq: row.seq,
        at: row.at.to_string(),
        actor: row.actor,
        kind: row.kind,
        entity: entity(row.entity),
        entity_id: entity_id(row.entity, row.entity_id, data.kid.as_deref()),
        data: (data != ChangeData::default()).then_some(data),
    })
}

/// What a thing is called. The log knows a signing key by its time; its name is beside that.
pub(crate) fn entity_id(entity: Entity, raw: i64, kid: Option<&str>) -> String {
    match entity {
        Entity::Article => ArticleId::from_raw(raw).to_string(),
        Entity::PreviewLink => PreviewLinkId::from_raw(raw).to_string(),
        Entity::Section => SectionId::from_raw(raw).to_string(),
        Entity::Author => AuthorId::from_raw(raw).to_string(),
        Entity::Tag => TagId::from_raw(raw).to_string(),
        Entity::Comment => CommentId::from_raw(raw).to_string(),
        Entity::CommentRule => RuleId::from_raw(raw).to_string(),
        Entity::Ban => BanId::from_raw(raw).to_string(),
        Entity::User => UserId::from_raw(raw).to_string(),
        Entity::Session => SessionId::from_raw(raw).to_string(),
        Entity::ApiKey => ApiKeyId::from_raw(raw).to_string(),
        Entity::Settings => SETTINGS.to_owned(),
        Entity::SigningKey => kid.map_or_else(
            || Timestamp::from_millis(raw).to_string(),
            ToOwned::to_owned,
        ),
    }
}

/// What an id names, by its prefix.
pub(crate) fn asked_id(text: &str) -> Option<(Entity, i64)> {
    let id = |entity: Entity| -> Option<i64> {
        match entity {
            Entity::Article => ArticleId::parse(text).ok().map(ArticleId::raw),
            Entity::PreviewLink => PreviewLinkId::parse(text).ok().map(PreviewLinkId::raw),
            Entity::Section => SectionId::parse(text).ok().map(SectionId::raw),
            Entity::Author => AuthorId::parse(text).ok().map(AuthorId::raw),
            Entity::Tag => TagId::parse(text).ok().map(TagId::raw),
            Entity::Comment => CommentId::parse(text).ok().map(CommentId::raw),
            Entity::CommentRule => RuleId::parse(text).ok().map(RuleId::raw),
            Entity::Ban => BanId::parse(text).ok().map(BanId::raw),
            Entity::User => UserId::parse(text).ok().map(UserId::raw),
            Entity::Session => SessionId::parse(text).ok().map(SessionId::raw),
            Entity::ApiKey => ApiKeyId::parse(text).ok().map(ApiKeyId::raw),
            // There is one row of them.
            Entity::Settings => (text == SETTINGS).then_some(1),
            Entity::SigningKey => None,
        }
    };
    Entity::ALL
        .iter()
        .find_map(|entity| id(*entity).map(|raw| (*entity, raw)))
}

fn entity(entity: Entity) -> ChangeEntity {
    match entity {
        Entity::Article => ChangeEntity::Article,
        Entity::PreviewLink => ChangeEntity::PreviewLink,
        Entity::Section => ChangeEntity::Section,
        Entity::Author => ChangeEntity::Author,
        Entity::Tag => ChangeEntity::Tag,
        Entity::Comment => ChangeEntity::Comment,
        Entity::CommentRule => ChangeEntity::CommentRule,
        Entity::Ban => ChangeEntity::Ban,
        Entity::User => ChangeEntity::User,
        Entity::Session => ChangeEntity::Session,
        Entity::ApiKey => ChangeEntity::ApiKey,
        Entity::SigningKey => ChangeEntity::SigningKey,
        Entity::Settings => ChangeEntity::Settings,
    }
}

/// The kind of thing that a request names.
pub(crate) fn asked_entity(entity: ChangeEntity) -> Entity {
    match entity {
        ChangeEntity::Article => Entity::Article,
        ChangeEntity::PreviewLink => Entity::PreviewLink,
        ChangeEntity::Section => Entity::Section,
        ChangeEntity::Author => Entity::Author,
        ChangeEntity::Tag => Entity::Tag,
        ChangeEntity::Comment => Entity::Comment,
        ChangeEntity::CommentRule => Entity::CommentRule,
        ChangeEntity::Ban => Entity::Ban,
        ChangeEntity::User => Entity::User,
        ChangeEntity::Session => Entity::Session,
        ChangeEntity::ApiKey => Entity::ApiKey,
        ChangeEntity::SigningKey => Entity::SigningKey,
        ChangeEntity::Settings => Entity::Settings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(entity: Entity, data: Option<&str>) -> ChangeRow {
        ChangeRow {
            seq: 1,
            xid: 0,
            at: Timestamp::EPOCH,
            actor: "guest".to_owned(),
            kind: "created".to_owned(),
            entity,
            entity_id: 7,
            data: data.map(str::to_owned),
            article: None,
        }
    }

    #[test]
    fn every_kind_of_thing_has_its_name_and_its_ids() {
        for &known in Entity::ALL {
            let wire = entity(known);
            assert_eq!(asked_entity(wire), known);
            assert_eq!(serde_json::to_value(wire).unwrap(), known.as_str());
            let id = entity_id(known, 1, None);
            let expected = (known != Entity::SigningKey).then_some((known, 1));
            assert_eq!(asked_id(&id), expected, "{id}");
        }
        for stranger in ["", "art_7", "rev_0000000000007", "usr_000000000000U"] {
            assert_eq!(asked_id(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn only_what_is_known_goes_out() {
        let held = r#"{"article_id":7,"password_hash":"$argon2id$"}"#;
        let shown = entry(row(Entity::Comment, Some(held))).unwrap();
        let shown = serde_json::to_value(shown).unwrap();
        assert_eq!(
            shown["data"],
            serde_json::json!({"article_id": "art_0000000000007"})
        );
        let held = r#"{"why":"keys_revoked","sessions":3}"#;
        let ended = entry(row(Entity::Session, Some(held))).unwrap();
        assert_eq!(ended.data.and_then(|data| data.sessions), Some(3));
        let plain = entry(row(Entity::Tag, None)).unwrap();
        assert_eq!(plain.data, None);
        let signing = entry(row(Entity::SigningKey, Some(r#"{"kid":"abc"}"#))).unwrap();
        assert_eq!(signing.entity_id, "abc");
    }
}
