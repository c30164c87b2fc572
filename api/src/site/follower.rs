//! How one node learns of what others change.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

use domain::{Actor, SystemActor, Timestamp};
use storage::{
    Error, Store,
    changes::{self, Entity},
    signing_keys,
};

use super::Site;
use crate::{
    auth::{Identity, fresh_signing_key},
    state::App,
};

/// After this long no transaction is still open that has drawn a smaller number: ours last five
/// seconds at most. On PostgreSQL one that commits late appears behind the newest.
const SETTLED: Duration = Duration::from_secs(15);
/// How many changes one look takes in. When there are more, something is new in any case.
const MANY: usize = 20_000;
/// So many numbers before the newest may belong to transactions that are still open.
const LATE: i64 = 10_000;
/// The changes that change what is held in memory. Articles do by their schedule.
const FOLLOWED: [Entity; 4] = [
    Entity::Section,
    Entity::ApiKey,
    Entity::SigningKey,
    Entity::Article,
];

/// Follows the change log for one node.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    /// What has been seen behind the floor, so that it is not taken for new again.
    seen: HashSet<i64>,
    /// The highest number seen, and when. The floor is one of these that is old enough for
    /// every transaction with a smaller number to have ended.
    marks: VecDeque<(Instant, i64)>,
}

impl Follower {
    /// Looks once, and reads again what has changed. Three queries when nothing has.
    pub(crate) fn look(&mut self, app: &App) -> Result<(), Error> {
        let (site, identity, store, now) = (&app.site, &app.identity, &app.store, app.now());
        self.look_at(site, identity, store, now)?;
        identity.look_blocking(store, now)
    }

    fn look_at(
        &mut self,
        site: &Site,
        identity: &Identity,
        store: &Store,
        now: Timestamp,
    ) -> Result<(), Error> {
        if !site.is_loaded() || self.marks.is_empty() {
            store.migrate()?;
            make_first_key(identity, store, now)?;
            // A transaction that is open now may have drawn a smaller number than the newest.
            let floor = store.read_blocking(changes::head)?.saturating_sub(LATE);
            let seen = numbers(store, floor)?;
            let newest = seen.last().copied().unwrap_or(floor);
            self.marks = [floor, newest].map(|seq| (Instant::now(), seq)).into();
            self.seen.extend(seen);
            return site.reload_blocking(store, identity, now);
        }
        let passed = site.next_transition(now).is_some_and(|at| at <= now);
        if self.met_something_new(store)? || passed {
            site.reload_blocking(store, identity, now)?;
        }
        Ok(())
    }

    fn met_something_new(&mut self, store: &Store) -> Result<bool, Error> {
        while self
            .marks
            .get(1)
            .is_some_and(|(at, _)| at.elapsed() > SETTLED)
        {
            self.marks.pop_front();
        }
        let floor = self.marks.front().map_or(0, |(_, seq)| *seq);
        self.seen.retain(|seq| *seq > floor);
        let found = numbers(store, floor)?;
        let highest = found.last().copied().unwrap_or(floor);
        let mut new = found.len() == MANY;
        for seq in found {
            new |= self.seen.insert(seq);
        }
        if self.marks.back().is_none_or(|(_, seq)| *seq < highest) {
            self.marks.push_back((Instant::now(), highest));
        }
        Ok(new)
    }
}

/// The numbers of the changes that are followed, after `floor`.
fn numbers(store: &Store, floor: i64) -> Result<Vec<i64>, Error> {
    let limit = i64::try_from(MANY).unwrap_or(i64::MAX);
    store.read_blocking(move |conn| changes::numbers_since(conn, &FOLLOWED, floor, limit))
}

/// Makes the first key that signs access tokens, in a database that has none yet. Of two nodes
/// that meet it at once, one may find the other's there.
fn make_first_key(identity: &Identity, store: &Store, now: Timestamp) -> Result<(), Error> {
    if !store.read_blocking(signing_keys::list)?.is_empty() {
        return Ok(());
    }
    let key = fresh_signing_key(identity.secret(), now, now)
        .map_err(|error| Error::Internal(error.to_string()))?;
    let actor = Actor::System(SystemActor::Background);
    store.write_blocking(actor, now, move |tx| {
        signing_keys::add_first(tx, &key).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::store;
    use super::*;
    use crate::secret::Secret;
    use storage::changes::Change;

    fn note(store: &Store, entity: Entity, times: i64) {
        let noted = store.write_blocking(
            Actor::System(SystemActor::Command),
            Timestamp::EPOCH,
            move |tx| {
                (0..times)
                    .try_for_each(|id| changes::append(tx, &Change::new("changed", entity, id)))
            },
        );
        noted.unwrap();
    }

    #[test]
    fn a_change_is_met_at_once_also_after_a_flood_of_others() {
        let (_directory, store) = store();
        let (site, mut follower) = (Site::default(), Follower::default());
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        let (identity, now) = (Identity::new(None, &secret), Timestamp::EPOCH);
        note(&store, Entity::Article, 30);
        follower.look_at(&site, &identity, &store, now).unwrap();
        assert!(!follower.met_something_new(&store).unwrap());
        note(&store, Entity::Article, 1500);
        assert!(follower.met_something_new(&store).unwrap());
        assert!(!follower.met_something_new(&store).unwrap());
        note(&store, Entity::ApiKey, 1);
        assert!(follower.met_something_new(&store).unwrap());
        note(&store, Entity::Comment, 1);
        assert!(!follower.met_something_new(&store).unwrap());
    }

    #[test]
    fn the_first_meeting_makes_one_key_and_no_second_one() {
        let (_directory, store) = store();
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        for _ in 0..2 {
            let (site, identity) = (Site::default(), Identity::new(None, &secret));
            assert_eq!(
                identity.jwks(Timestamp::EPOCH)["keys"],
                serde_json::json!([])
            );
            let mut follower = Follower::default();
            follower
                .look_at(&site, &identity, &store, Timestamp::EPOCH)
                .unwrap();
            let keys = identity.jwks(Timestamp::EPOCH)["keys"].clone();
            assert_eq!(keys.as_array().unwrap().len(), 1);
        }
        assert_eq!(store.read_blocking(signing_keys::list).unwrap().len(), 1);
    }
}
