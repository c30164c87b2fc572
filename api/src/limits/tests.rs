//! The limits with a clock that stands still until it is moved.

use std::{net::Ipv6Addr, sync::Barrier, thread};

use domain::{
    Role, Timestamp,
    id::{ApiKeyId, SessionId, UserId},
};
use proptest::prelude::*;

use super::*;
use crate::{
    clock::ManualClock,
    config::{Config, Quota},
};

struct Stage {
    clock: Arc<ManualClock>,
    limits: Limits,
}

impl Stage {
    /// The same quotas for every class.
    fn new(address: u32, member: u32, key: u32) -> Self {
        let quota = Quota {
            address,
            member,
            key,
        };
        let mut config = Config::default();
        config.limits.reads = quota;
        config.limits.writes = quota;
        config.limits.sign_ins = quota;
        config.limits.manage = quota;
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_428_000_000)));
        let shared: Arc<dyn Clock> = clock.clone();
        Self {
            limits: Limits::new(&config, &shared),
            clock,
        }
    }

    fn charge(&self, class: Class, actor: &Actor, address: &str) -> Charge {
        let address = Some(address.parse().unwrap());
        self.limits.charge(class, actor, address, None).unwrap()
    }

    fn read(&self, address: &str) -> Charge {
        self.charge(Class::Reads, &Actor::Anonymous, address)
    }

    /// How many of so many reads pass.
    fn passed(&self, tries: usize, address: &str) -> usize {
        (0..tries).filter(|_| passes(self.read(address))).count()
    }

    fn headers(&self, charge: Charge) -> [String; 2] {
        let (policy, left) = self.limits.headers(charge).unwrap();
        [policy, left].map(|value| value.to_str().unwrap().to_owned())
    }
}

fn passes(charge: Charge) -> bool {
    charge.wait.is_none()
}

fn member(id: i64) -> Actor {
    Actor::User {
        id: UserId::from_raw(id),
        role: Role::Reader,
        session: SessionId::from_raw(id),
    }
}

fn key(id: i64) -> Actor {
    Actor::ApiKey {
        id: ApiKeyId::from_raw(id),
        role: Role::Editor,
        scopes: None,
        sections: Arc::default(),
    }
}

const HOME: &str = "203.0.113.9";

#[test]
fn a_quota_is_exact_and_comes_back_at_its_pace() {
    let stage = Stage::new(6, 9, 12);
    assert_eq!(stage.passed(60, HOME), 6);
    // One of six comes back every ten seconds.
    stage.clock.advance_millis(9_999);
    assert_eq!(stage.passed(60, HOME), 0);
    stage.clock.advance_millis(1);
    assert_eq!(stage.passed(60, HOME), 1);
    stage.clock.advance_millis(60_000);
    assert_eq!(stage.passed(60, HOME), 6);
    stage.clock.advance_millis(3_600_000);
    assert_eq!(stage.passed(60, HOME), 6);
}

#[test]
fn every_class_and_every_caller_has_a_bucket() {
    let stage = Stage::new(2, 3, 4);
    for class in [Class::Reads, Class::Writes, Class::Manage] {
        for (actor, quota) in [
            (Actor::Anonymous, 2),
            (member(1), 3),
            (member(2), 3),
            (key(1), 4),
            (key(2), 4),
        ] {
            let passed = |address| {
                let tries = (0..40).map(|_| stage.charge(class, &actor, address));
                tries.filter(|charge| passes(*charge)).count()
            };
            assert_eq!(passed(HOME), quota, "{class:?} {actor:?}");
            // Whoever is known is the same everywhere, and a stranger elsewhere is another.
            let elsewhere = if actor == Actor::Anonymous { quota } else { 0 };
            assert_eq!(passed("198.51.100.1"), elsewhere, "{class:?} {actor:?}");
        }
    }
}

#[test]
fn no_credentials_make_for_more_tries_to_sign_in() {
    let stage = Stage::new(3, 1, 1);
    let actors = [Actor::Anonymous, member(1), member(2), key(1), key(2)];
    let tries = |address: &'static str| {
        let charges = (0..20).map(|number| {
            let actor = &actors[number % actors.len()];
            stage.charge(Class::SignIns, actor, address)
        });
        charges.filter(|charge| passes(*charge)).count()
    };
    assert_eq!((tries(HOME), tries("198.51.100.1")), (3, 3));
    assert!(passes(stage.charge(Class::Manage, &member(1), HOME)));
}

#[test]
fn threads_together_get_no_more() {
    let stage = Stage::new(50, 1, 1);
    let start = Barrier::new(8);
    let passed: usize = thread::scope(|scope| {
        let tries = || {
            start.wait();
            stage.passed(100, HOME)
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(tries)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(passed, 50);
}

#[test]
fn a_key_with_a_quota_of_its_own_has_one_bucket() {
    let stage = Stage::new(2, 1, 3);
    let charge = |class, id| {
        let charge = stage.limits.charge(class, &key(id), None, Some(5));
        charge.unwrap()
    };
    let passed = |id| {
        let classes = [Class::Reads, Class::Writes, Class::Manage];
        let tries = (0..10).flat_map(|_| classes.map(|class| charge(class, id)));
        tries.filter(|charge| passes(*charge)).count()
    };
    assert_eq!((passed(1), passed(2)), (5, 5));
    let [policy, left] = stage.headers(charge(Class::Reads, 1));
    assert_eq!(
        (policy.as_str(), left.as_str()),
        ("\"key\";q=5;w=60", "\"key\";r=0;t=12")
    );
    let signed_in = (0..10)
        .filter(|_| passes(charge(Class::SignIns, 1)))
        .count();
    assert_eq!(signed_in, 2);
    // A quota is a key's: it makes nothing of strangers and members.
    let stranger = || {
        stage
            .limits
            .charge(Class::Reads, &Actor::Anonymous, None, Some(5))
    };
    assert_eq!((0..9).filter(|_| passes(stranger().unwrap())).count(), 2);
}

#[test]
fn what_is_left_is_told_as_it_is() {
    let stage = Stage::new(6, 1, 1);
    let first = stage.headers(stage.read(HOME));
    assert_eq!(first, ["\"reads\";q=6;w=60", "\"reads\";r=5;t=10"]);
    stage.clock.advance_millis(4_500);
    assert_eq!(stage.headers(stage.read(HOME))[1], "\"reads\";r=4;t=6");
    // However long an answer takes, the request counts.
    let slow = stage.read("198.51.100.1");
    stage.clock.advance_millis(20_000);
    assert_eq!(stage.headers(slow)[1], "\"reads\";r=5;t=10");
    assert_eq!(stage.passed(9, HOME), 6);
    let refused = stage.read(HOME);
    let problem = stage.limits.refusal(refused).unwrap();
    assert_eq!(problem.code(), Code::TooManyRequests);
    let [_, left] = stage.headers(refused);
    assert_eq!(
        left,
        format!("\"reads\";r=0;t={}", problem.retry_seconds().unwrap())
    );
    assert!(stage.limits.refusal(stage.read("198.51.100.2")).is_none());
    assert_eq!(stage.limits.refused(Class::Reads), 4);
    assert_eq!(stage.limits.refused(Class::Writes), 0);
}

#[test]
fn what_is_given_back_can_be_taken_once_more() {
    let stage = Stage::new(3, 1, 1);
    for _ in 0..50 {
        let charge = stage.read(HOME);
        assert!(passes(charge));
        stage.limits.give_back(charge);
    }
    let held: Vec<Charge> = (0..3).map(|_| stage.read(HOME)).collect();
    let refused = stage.read(HOME);
    assert!(held.iter().all(|charge| passes(*charge)) && !passes(refused));
    // There is nothing to give back of what was refused.
    stage.limits.give_back(refused);
    assert!(!passes(stage.read(HOME)));
    for charge in &held {
        stage.limits.give_back(*charge);
    }
    assert_eq!(stage.passed(9, HOME), 3);
}

#[test]
fn giving_back_never_makes_more_of_a_bucket_than_full() {
    let stage = Stage::new(3, 1, 1);
    let held: Vec<Charge> = (0..3).map(|_| stage.read(HOME)).collect();
    stage.clock.advance_millis(120_000);
    stage.limits.tidy();
    for charge in &held {
        stage.limits.give_back(*charge);
    }
    assert_eq!(stage.passed(9, HOME), 3);
    let again: Vec<Charge> = {
        stage.clock.advance_millis(60_000);
        (0..3).map(|_| stage.read(HOME)).collect()
    };
    stage.clock.advance_millis(50_000);
    for charge in &again {
        stage.limits.give_back(*charge);
    }
    assert_eq!(stage.passed(9, HOME), 3);
}

#[test]
fn a_clock_that_is_turned_back_locks_nobody_out() {
    let stage = Stage::new(6, 1, 1);
    assert_eq!(stage.passed(9, HOME), 6);
    stage.clock.advance_millis(-3_600_000);
    assert_eq!(stage.passed(9, "198.51.100.1"), 6);
    stage.clock.advance_millis(3_600_000 + 60_000);
    assert_eq!(stage.passed(9, HOME), 6);
}

#[test]
fn a_flood_is_told_once_a_minute() {
    let stage = Stage::new(2, 1, 1);
    let news = || {
        let charges = (0..20).map(|_| stage.read(HOME));
        charges
            .filter(|charge| !passes(*charge) && stage.limits.is_news(*charge))
            .count()
    };
    assert_eq!((news(), news()), (1, 0));
    stage.clock.advance_millis(59_999);
    assert_eq!(news(), 0);
    stage.clock.advance_millis(1);
    assert_eq!((news(), news()), (1, 0));
}

/// The /64 networks of one provider, each asked from once.
fn flood(stage: &Stage, networks: u64) {
    for number in 0..networks {
        let bits = (0x2001_0db8_u128 << 96) | (u128::from(number) << 64) | 1;
        let address = Some(Ipv6Addr::from_bits(bits).into());
        stage
            .limits
            .charge(Class::Reads, &Actor::Anonymous, address, None);
    }
}

fn remembered(stage: &Stage) -> usize {
    stage.limits.0.as_ref().unwrap().reads.network.callers()
}

#[test]
fn memory_is_bounded_whatever_addresses_ask() {
    let stage = Stage::new(600, 1, 1);
    let before = stage.read(HOME);
    flood(&stage, 150_000);
    let remembered_then = remembered(&stage);
    assert!(
        (100_000..100_010).contains(&remembered_then),
        "{remembered_then}"
    );
    // Whoever was there keeps their bucket, also to give back to.
    stage.limits.give_back(before);
    assert_eq!(stage.headers(stage.read(HOME))[1], "\"reads\";r=599;t=1");
    // Others of that provider share one, which has served fifty thousand by now.
    assert!(!passes(stage.read("2001:db8:ffff:ffff::1")));
    assert!(passes(stage.read("2a00:1450::1")));
    stage.clock.advance_millis(200);
    stage.limits.tidy();
    assert!(remembered(&stage) < 5, "{}", remembered(&stage));
    assert!(passes(stage.read("2001:db8:ffff:ffff::1")));
}

#[test]
fn off_means_off() {
    let mut config = Config::default();
    config.rate_limits = false;
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::EPOCH));
    let limits = Limits::new(&config, &clock);
    assert_eq!(
        limits.charge(Class::SignIns, &Actor::Anonymous, None, None),
        None
    );
    limits.tidy();
}

#[derive(Debug, Clone)]
enum Step {
    /// Time passes, in milliseconds.
    Wait(i64),
    /// A request; it is held until it is given back, or for ever.
    Take,
    /// What was held longest is given back.
    GiveBack,
    Tidy,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => Just(Step::Take),
        3 => Just(Step::GiveBack),
        2 => (0_i64..20_000).prop_map(Step::Wait),
        1 => Just(Step::Tidy),
    ];
    prop::collection::vec(step, 0..200)
}

proptest! {
    /// In any stretch of time there pass no more than the quota, what comes back in that time,
    /// and what was given back in it.
    #[test]
    fn no_stretch_of_time_holds_too_much(quota in 1_u32..20, steps in steps()) {
        let stage = Stage::new(quota, 1, 1);
        let (mut now, mut held) = (0_i64, std::collections::VecDeque::new());
        // When each request passed (+1) and was given back (-1).
        let mut events: Vec<(i64, i64)> = Vec::new();
        for step in steps {
            match step {
                Step::Wait(millis) => {
                    stage.clock.advance_millis(millis);
                    now += millis;
                }
                Step::Take => {
                    let charge = stage.read(HOME);
                    if passes(charge) {
                        held.push_back(charge);
                        events.push((now, 1));
                    }
                }
                Step::GiveBack => {
                    if let Some(charge) = held.pop_front() {
                        stage.limits.give_back(charge);
                        events.push((now, -1));
                    }
                }
                Step::Tidy => stage.limits.tidy(),
            }
        }
        for (first, (began, _)) in events.iter().enumerate() {
            let mut sum = 0;
            for (at, change) in &events[first..] {
                sum += change;
                let comes_back = (at - began) * i64::from(quota) / 60_000;
                // One more may be on its way when the stretch begins.
                let allowed = i64::from(quota) + comes_back + 1;
                prop_assert!(sum <= allowed, "{sum} of {allowed} from {began} to {at}");
            }
        }
    }

    /// Whoever keeps to the pace is never refused.
    #[test]
    fn whoever_keeps_to_the_pace_always_passes(quota in 1_u32..200, requests in 1_usize..300) {
        let stage = Stage::new(quota, 1, 1);
        for _ in 0..requests {
            prop_assert!(passes(stage.read(HOME)));
            stage.clock.advance_millis(i64::from(60_000_u32.div_ceil(quota)));
        }
    }
}
