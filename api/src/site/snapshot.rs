//! What is read of the site at once.

use std::{collections::HashMap, sync::Arc};

use domain::{Timestamp, id::ApiKeyId, section::Tree};
use storage::{
    Conn, Error,
    api_keys::{self, ApiKey},
    published, sections,
    settings::{self, SiteSettings},
    signing_keys::{self, SigningKey},
};

use super::rules::KnownRules;

/// All of it, as it was at one moment.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    /// Which reading it is of.
    pub(super) turn: i64,
    pub(super) tree: Arc<Tree>,
    pub(super) settings: SiteSettings,
    pub(super) keys: HashMap<String, ApiKey>,
    /// The requests a minute of those keys that have a quota of their own.
    pub(super) quotas: HashMap<ApiKeyId, u32>,
    pub(super) next_transition: Option<Timestamp>,
    pub(super) rules: KnownRules,
}

impl Snapshot {
    /// Reads it, and the keys that sign access tokens.
    pub(super) fn read(
        conn: &mut Conn<'_>,
        turn: i64,
        now: Timestamp,
        known: KnownRules,
    ) -> Result<(Self, Vec<SigningKey>), Error> {
        let keys = api_keys::list(conn)?;
        let snapshot = Self {
            turn,
            tree: Arc::new(Tree::build(sections::list(conn)?)),
            settings: settings::get(conn)?,
            quotas: keys
                .iter()
                .filter_map(|key| Some((key.id, key.requests_per_minute?)))
                .collect(),
            keys: keys
                .into_iter()
                .map(|key| (key.hash.clone(), key))
                .collect(),
            next_transition: published::next_transition(conn, now)?,
            rules: KnownRules::read(conn, known)?,
        };
        Ok((snapshot, signing_keys::list(conn)?))
    }
}
