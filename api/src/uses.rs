//! When each API key was last used: noted in memory, written now and then.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{Actor, SystemActor, Timestamp, id::ApiKeyId};
use storage::{Error, Store, api_keys};

/// A key in steady use is written so often, in milliseconds.
const WRITTEN_EVERY: i64 = 60_000;

/// The last use of each key this node has met.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<ApiKeyId, Use>>);

#[derive(Debug, Clone, Copy)]
struct Use {
    last: Timestamp,
    /// The use that the database knows of.
    written: Option<Timestamp>,
}

impl Use {
    fn is_due(self, now: Timestamp) -> bool {
        self.written.is_none_or(|written| {
            self.last > written && now.as_millis() - written.as_millis() >= WRITTEN_EVERY
        })
    }
}

impl Uses {
    /// Notes a use.
    pub(crate) fn note(&self, key: ApiKeyId, at: Timestamp) {
        self.all()
            .entry(key)
            .and_modify(|known| known.last = known.last.max(at))
            .or_insert(Use {
                last: at,
                written: None,
            });
    }

    /// Writes what the database does not know yet, a key at most once a minute; at the end of the
    /// process (`all`) everything.
    pub(crate) fn write(&self, store: &Store, now: Timestamp, all: bool) -> Result<(), Error> {
        let due = self.due(now, all);
        if due.is_empty() {
            return Ok(());
        }
        let written = due.clone();
        let actor = Actor::System(SystemActor::Background);
        store.write_blocking(actor, now, move |tx| {
            for (key, at) in written {
                api_keys::touch(tx, key, at)?;
            }
            Ok::<_, Error>(())
        })?;
        let mut uses = self.all();
        for (key, at) in due {
            if let Some(noted) = uses.get_mut(&key) {
                noted.written = Some(at);
            }
        }
        Ok(())
    }

    /// What to write, in an order that all nodes share: two that locked the same rows in different
    /// orders would wait for each other.
    fn due(&self, now: Timestamp, all: bool) -> Vec<(ApiKeyId, Timestamp)> {
        let mut due: Vec<(ApiKeyId, Timestamp)> = self
            .all()
            .iter()
            .filter(|(_, noted)| noted.is_due(now) || (all && noted.written != Some(noted.last)))
            .map(|(key, noted)| (*key, noted.last))
            .collect();
        due.sort_unstable_by_key(|(key, _)| key.raw());
        due
    }

    fn all(&self) -> MutexGuard<'_, HashMap<ApiKeyId, Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::actor::Role;
    use storage::Settings;
    use storage::api_keys::NewApiKey;

    #[test]
    fn a_use_is_written_once_a_minute_and_at_the_end() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", directory.path().join("news.db").display());
        let store = Store::open(Settings::new(url)).unwrap();
        store.migrate().unwrap();
        let key = NewApiKey {
            id: ApiKeyId::from_raw(1),
            name: "desk".to_owned(),
            role: Role::Editor,
            scopes: None,
            sections: Vec::new(),
            requests_per_minute: None,
            hash: "hash".to_owned(),
            hint: "bsk_ab".to_owned(),
            expires_at: None,
        };
        let (id, zero) = (key.id, Timestamp::EPOCH);
        let actor = Actor::System(SystemActor::Command);
        let made = store.write_blocking(actor, zero, move |tx| api_keys::create(tx, &key));
        made.unwrap();
        let last = || store.read_blocking(api_keys::list).unwrap()[0].last_used_at;
        let uses = Uses::default();
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        uses.write(&store, at(1), false).unwrap();
        assert_eq!(last(), None);
        uses.note(id, at(1));
        uses.write(&store, at(2), false).unwrap();
        assert_eq!(last(), Some(at(1)));
        uses.note(id, at(30));
        uses.write(&store, at(31), false).unwrap();
        assert_eq!(last(), Some(at(1)), "too soon for another write");
        uses.write(&store, at(61), false).unwrap();
        assert_eq!(last(), Some(at(30)));
        uses.note(id, at(62));
        uses.write(&store, at(63), true).unwrap();
        assert_eq!(last(), Some(at(62)));
        // Another node that met the key earlier does not turn the clock back.
        let other = Uses::default();
        other.note(id, at(40));
        other.write(&store, at(70), true).unwrap();
        assert_eq!(last(), Some(at(62)));
    }

    #[test]
    fn every_node_writes_in_the_same_order() {
        let uses = Uses::default();
        for id in (1..=64).rev() {
            uses.note(ApiKeyId::from_raw(id), Timestamp::EPOCH);
        }
        let due = uses.due(Timestamp::EPOCH, false);
        let written: Vec<i64> = due.iter().map(|(key, _)| key.raw()).collect();
        assert_eq!(written, (1..=64).collect::<Vec<_>>());
    }
}
