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
const FOLLOWED: [Entity; 6] = [
    Entity::Section,
    Entity::Settings,
    Entity::CommentRule,
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
    /// Something new was met that has not been read yet. It is in `seen` already and will not be
    /// met again, so a reading that fails has to be made up for by the next look.
    due: bool,
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
        let began = Instant::now();
        if !site.is_loaded() || self.marks.is_empty() {
            store.migrate()?;
            make_first_key(identity, store, now)?;
            self.start(store)?;
        } else {
            self.meet_new(store, began)?;
        }
        let passed = site.next_transition(now).is_some_and(|at| at <= now);
        if self.due || passed {
            site.reload_blocking(store, identity, now)?;
            self.due = false;
        }
        site.was_current(began);
        Ok(())
    }

    /// Takes everything up to now for new. What is read after this holds all of it.
    fn start(&mut self, store: &Store) -> Result<(), Error> {
        self.due = true;
        // A transaction that is open now may have drawn a smaller number than the newest.
        let floor = store.read_blocking(changes::head)?.saturating_sub(LATE);
        let seen = numbers(store, floor)?;
        let newest = seen.last().copied().unwrap_or(floor);
        self.marks = [floor, newest].map(|seq| (Instant::now(), seq)).into();
        self.seen = seen.into_iter().collect();
        Ok(())
    }

    /// Notes whether there is anything new, in a look that began at `began`.
    fn meet_new(&mut self, store: &Store, began: Instant) -> Result<(), Error> {
        let found = numbers(store, self.floor())?;
        if found.len() == MANY {
            // There may be more behind them, and as many would be read at each look from here.
            return self.start(store);
        }
        let highest = found.last().copied().unwrap_or(self.floor());
        for seq in found {
            self.due |= self.seen.insert(seq);
        }
        if self.marks.back().is_none_or(|(_, seq)| *seq < highest) {
            self.marks.push_back((Instant::now(), highest));
        }
        // Only now: what was settled when this look began is what it has met to the last, however
        // long the one before is ago.
        let settled = |at: Instant| began.saturating_duration_since(at) > SETTLED;
        while self.marks.get(1).is_some_and(|(at, _)| settled(*at)) {
            self.marks.pop_front();
        }
        let floor = self.floor();
        self.seen.retain(|seq| *seq > floor);
        Ok(())
    }

    fn floor(&self) -> i64 {
        self.marks.front().map_or(0, |(_, seq)| *seq)
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
    use super::super::tests::{store, url};
    use super::*;
    use crate::secret::Secret;
    use storage::{changes::Change, testing::execute};

    fn identity() -> Identity {
        Identity::new(
            None,
            &Secret::from_root(b"0123456789abcdef0123456789abcdef"),
        )
    }

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

    /// A follower that has met the database once.
    fn follower(site: &Site, identity: &Identity, store: &Store) -> Follower {
        let mut follower = Follower::default();
        follower
            .look_at(site, identity, store, Timestamp::EPOCH)
            .unwrap();
        follower
    }

    fn meets_something_new(follower: &mut Follower, store: &Store) -> bool {
        follower.meet_new(store, Instant::now()).unwrap();
        std::mem::take(&mut follower.due)
    }

    #[test]
    fn a_change_is_met_at_once_also_after_many_others() {
        let (_directory, store) = store();
        note(&store, Entity::Article, 30);
        let mut follower = follower(&Site::default(), &identity(), &store);
        assert!(!meets_something_new(&mut follower, &store));
        for (entity, times, met) in [
            (Entity::Article, 1500, true),
            (Entity::ApiKey, 1, true),
            (Entity::Comment, 1, false),
        ] {
            note(&store, entity, times);
            assert_eq!(meets_something_new(&mut follower, &store), met);
            assert!(!meets_something_new(&mut follower, &store));
        }
    }

    #[test]
    fn after_a_flood_it_starts_afresh_from_the_newest() {
        let (directory, store) = store();
        let mut follower = follower(&Site::default(), &identity(), &store);
        let flood = format!(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {})
             INSERT INTO changes (at, actor, kind, entity, entity_id)
             SELECT 0, 'system', 'changed', 'article', n FROM n",
            MANY + 10
        );
        execute(&url(&directory), &flood).unwrap();
        assert!(meets_something_new(&mut follower, &store));
        assert!(!meets_something_new(&mut follower, &store));
        assert!(i64::try_from(follower.seen.len()).unwrap() <= LATE);
        note(&store, Entity::ApiKey, 1);
        assert!(meets_something_new(&mut follower, &store));
    }

    #[test]
    fn what_could_not_be_read_is_read_by_the_next_look() {
        let (directory, store) = store();
        let (site, identity) = (Site::default(), identity());
        let mut follower = follower(&site, &identity, &store);
        let turns = || site.snapshot().turn;
        note(&store, Entity::ApiKey, 1);
        let rename = |from: &str, to: &str| {
            execute(
                &url(&directory),
                &format!("ALTER TABLE {from} RENAME TO {to}"),
            )
            .unwrap();
        };
        let (read, current) = (turns(), *site.current());
        rename("signing_keys", "away");
        let mut look = || follower.look_at(&site, &identity, &store, Timestamp::EPOCH);
        assert!(look().is_err() && look().is_err());
        assert_eq!((turns(), *site.current()), (read, current));
        rename("away", "signing_keys");
        look().unwrap();
        let caught_up = turns();
        assert!(caught_up > read && *site.current() > current);
        look().unwrap();
        assert_eq!(turns(), caught_up);
    }

    #[test]
    fn a_late_commit_is_met_also_after_a_pause() {
        let (directory, store) = store();
        let mut follower = follower(&Site::default(), &identity(), &store);
        let renumber = |to: i64| {
            let newest = "(SELECT max(seq) FROM changes)";
            let sql = format!("UPDATE changes SET seq = {to} WHERE seq = {newest}");
            execute(&url(&directory), &sql).unwrap();
        };
        note(&store, Entity::ApiKey, 1);
        renumber(100);
        assert!(meets_something_new(&mut follower, &store));
        // Then it pauses, and what drew its number before the newest commits after the last look.
        note(&store, Entity::ApiKey, 1);
        renumber(50);
        let paused = |mark: &mut (Instant, i64)| {
            mark.0 = mark.0.checked_sub(SETTLED * 2).unwrap();
        };
        follower.marks.iter_mut().for_each(paused);
        assert!(meets_something_new(&mut follower, &store));
        assert!(!meets_something_new(&mut follower, &store));
        assert_eq!((follower.floor(), follower.seen.len()), (100, 0));
    }

    #[test]
    fn the_first_meeting_makes_one_key_and_no_second_one() {
        let (_directory, store) = store();
        for _ in 0..2 {
            let (site, identity) = (Site::default(), identity());
            assert_eq!(
                identity.jwks(Timestamp::EPOCH)["keys"],
                serde_json::json!([])
            );
            follower(&site, &identity, &store);
            let keys = identity.jwks(Timestamp::EPOCH)["keys"].clone();
            assert_eq!(keys.as_array().unwrap().len(), 1);
        }
        assert_eq!(store.read_blocking(signing_keys::list).unwrap().len(), 1);
    }
}
