//! How much each caller may ask for.
//!
//! Every request counts against one bucket: that of its caller (the network of those without
//! credentials, the account, the API key) for the [`Class`] of the route it matched; a try to sign
//! in counts against the network whatever credentials come along. An API key that was given a quota
//! of its own has one bucket for everything else. The buckets lie in the memory of each node, so with several nodes a caller has as many quotas.

mod caller;
mod class;
mod limiter;
mod network;
pub(crate) mod posted;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use actix_web::http::header::HeaderValue;
use domain::Actor;
use limiter::{Limiter, Time};
use openapi::problem::Code;

pub(crate) use caller::Caller;
pub(crate) use class::Class;
pub(crate) use network::{network, premises};

use crate::{clock::Clock, config, error::ApiError};

/// What the policy of a key's own quota is called.
const OWN: &str = "key";

/// The limits of one server.
pub(crate) struct Limits(Option<Inner>);

struct Inner {
    time: Time,
    reads: Quotas,
    writes: Quotas,
    sign_ins: Quotas,
    manage: Quotas,
    /// One for each quota that any API key has of its own; they are few.
    own: RwLock<HashMap<NonZeroU32, Arc<Limiter>>>,
}

/// The quotas of a class, by who is calling.
struct Quotas {
    network: Limiter,
    member: Limiter,
    key: Limiter,
    refused: AtomicU64,
}

/// A request that was counted, or was one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charge {
    class: Class,
    caller: Caller,
    own: Option<NonZeroU32>,
    /// After how many seconds there is leave for another, if there was none for this one.
    wait: Option<u32>,
}

impl Limits {
    pub(crate) fn new(config: &config::Config, clock: &Arc<dyn Clock>) -> Self {
        Self(config.rate_limits.then(|| {
            let time = Time(Arc::clone(clock));
            let quotas = |class: Class, quota: config::Quota| {
                let limiter =
                    |requests| Limiter::new(class.as_str(), at_least_one(requests), &time);
                Quotas {
                    network: limiter(quota.address),
                    member: limiter(quota.member),
                    key: limiter(quota.key),
                    refused: AtomicU64::new(0),
                }
            };
            Inner {
                reads: quotas(Class::Reads, config.limits.reads),
                writes: quotas(Class::Writes, config.limits.writes),
                sign_ins: quotas(Class::SignIns, config.limits.sign_ins),
                manage: quotas(Class::Manage, config.limits.manage),
                own: RwLock::default(),
                time,
            }
        }))
    }

    /// Whether anything is limited here.
    pub(crate) const fn are_on(&self) -> bool {
        self.0.is_some()
    }

    /// Counts a request; `None` where nothing is limited. `own` is the quota that an API key was
    /// given.
    pub(crate) fn charge(
        &self,
        class: Class,
        actor: &Actor,
        address: Option<IpAddr>,
        own: Option<u32>,
    ) -> Option<Charge> {
        let inner = self.0.as_ref()?;
        let caller = Caller::new(class, actor, address);
        let own = match caller {
            Caller::Key(_) => own.map(at_least_one),
            _ => None,
        };
        let mut charge = Charge {
            class,
            caller,
            own,
            wait: None,
        };
        inner.with(charge, |limiter| {
            charge.caller = limiter.seat(caller);
            charge.wait = limiter.take(charge.caller).err();
        });
        if charge.wait.is_some() {
            let refused = &inner.quotas(class).refused;
            refused.fetch_add(1, Ordering::Relaxed);
        }
        Some(charge)
    }

    /// The refusal of a request that was one too many.
    pub(crate) fn refusal(&self, charge: Charge) -> Option<ApiError> {
        let inner = self.0.as_ref()?;
        let wait = charge.wait?;
        let quota = inner.with(charge, Limiter::quota);
        let whose = match charge.caller {
            Caller::Network(_) | Caller::Crowd(_) => "everybody at your network address together",
            Caller::Member(_) => "an account",
            Caller::Key(_) => "this API key",
        };
        let what = match charge.class {
            _ if charge.own.is_some() => "requests",
            Class::Reads => "reads",
            Class::Writes => "writes",
            Class::SignIns => "tries under /auth",
            Class::Manage => "requests under /manage and /me",
        };
        let detail = format!(
            "There are {quota} {what} a minute for {whose}. Try again after {wait} seconds."
        );
        Some(ApiError::new(Code::TooManyRequests, detail).retry_after(wait))
    }

    /// Whether a refusal belongs into the audit log: once a minute for each caller.
    pub(crate) fn is_news(&self, charge: Charge) -> bool {
        let inner = self.0.as_ref();
        inner.is_some_and(|inner| inner.with(charge, |limiter| limiter.is_news(charge.caller)))
    }

    /// Takes back that a request was counted.
    pub(crate) fn give_back(&self, charge: Charge) {
        if let Some(inner) = &self.0
            && charge.wait.is_none()
        {
            inner.with(charge, |limiter| limiter.give_back(charge.caller));
        }
    }

    /// What `RateLimit-Policy` and `RateLimit` say to the caller of a request.
    pub(crate) fn headers(&self, charge: Charge) -> Option<(HeaderValue, HeaderValue)> {
        let inner = self.0.as_ref()?;
        Some(inner.with(charge, |limiter| {
            (limiter.policy(), limiter.standing(charge.caller))
        }))
    }

    /// How many requests of a class were refused since the start.
    pub(crate) fn refused(&self, class: Class) -> u64 {
        let inner = self.0.as_ref();
        inner.map_or(0, |inner| {
            inner.quotas(class).refused.load(Ordering::Relaxed)
        })
    }

    /// Forgets every caller who has the whole quota again. Without it memory would hold everybody
    /// who ever came.
    pub(crate) fn tidy(&self) {
        let Some(inner) = &self.0 else { return };
        for class in Class::ALL {
            let quotas = inner.quotas(class);
            for limiter in [&quotas.network, &quotas.member, &quotas.key] {
                limiter.tidy();
            }
        }
        for limiter in inner.own().values() {
            limiter.tidy();
        }
    }
}

impl Inner {
    fn quotas(&self, class: Class) -> &Quotas {
        match class {
            Class::Reads => &self.reads,
            Class::Writes => &self.writes,
            Class::SignIns => &self.sign_ins,
            Class::Manage => &self.manage,
        }
    }

    fn own(&self) -> HashMap<NonZeroU32, Arc<Limiter>> {
        self.own
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Does something with the limiter that a request counts against.
    fn with<T>(&self, charge: Charge, work: impl FnOnce(&Limiter) -> T) -> T {
        if let Some(quota) = charge.own {
            return work(&self.own_limiter(quota));
        }
        let quotas = self.quotas(charge.class);
        work(match charge.caller {
            Caller::Network(_) | Caller::Crowd(_) => &quotas.network,
            Caller::Member(_) => &quotas.member,
            Caller::Key(_) => &quotas.key,
        })
    }

    fn own_limiter(&self, quota: NonZeroU32) -> Arc<Limiter> {
        let known = self.own.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = known.get(&quota) {
            return Arc::clone(limiter);
        }
        drop(known);
        let mut all = self.own.write().unwrap_or_else(PoisonError::into_inner);
        let limiter = all
            .entry(quota)
            .or_insert_with(|| Arc::new(Limiter::new(OWN, quota, &self.time)));
        Arc::clone(limiter)
    }
}

/// A quota of none would be a route that is not there.
fn at_least_one(requests: u32) -> NonZeroU32 {
    NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN)
}
