//! Passwords: hashed and checked on threads of their own.
//!
//! Argon2id is made to be slow and to need memory. However many sign in at once, no more than a
//! few are hashed side by side and no more than a few wait: the rest is told to come again. So a
//! flood of sign-ins takes neither the threads that serve readers nor their memory.

use std::{
    collections::VecDeque,
    io, iter,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use domain::user::{Email, check_password, normal_password};
use openapi::problem::Code;
use tokio::sync::oneshot;

use crate::{config::PasswordRules, error::ApiError, ids::random_bytes};

/// So many may wait for a thread.
const QUEUE: usize = 64;
/// Whoever has waited longer is told to come again: they may be gone by now, and those behind
/// them are not.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most that a stored hash may ask for: what the settings allow. Whoever can write to the
/// database is not to turn a sign-in into gigabytes and minutes.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_ITERATIONS: u32 = 20;
const MOST_LANES: u32 = 16;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// The threads that hash, and who waits for them.
pub(crate) struct Passwords {
    pool: Arc<Pool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    rules: PasswordRules,
    site_name: String,
    /// What is checked where there is no hash: it costs the same, and nothing fits it.
    nobodys: Arc<str>,
}

/// What came of checking a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Whether it is the right one.
    pub(crate) right: bool,
    /// A hash of it with the parameters of today, when it is right and the stored hash has others.
    pub(crate) rehash: Option<String>,
}

impl Passwords {
    /// Starts the threads.
    pub(crate) fn start(rules: PasswordRules, site_name: &str) -> io::Result<Self> {
        let number = match rules.threads {
            0 => thread::available_parallelism().map_or(1, |cores| cores.get() / 4),
            number => number,
        };
        let pool = Arc::new(Pool::default());
        let mut threads = Vec::new();
        for number in 0..number.max(1) {
            let pool = Arc::clone(&pool);
            let name = format!("password-{number}");
            threads.push(thread::Builder::new().name(name).spawn(move || {
                give_way();
                work(&pool);
            })?);
        }
        Ok(Self {
            pool,
            threads: Mutex::new(threads),
            rules,
            site_name: site_name.to_owned(),
            nobodys: nobodys(rules)?.into(),
        })
    }

    /// Refuses at once what could not be hashed now, before anything is counted or looked up.
    pub(crate) fn admit(&self) -> Result<(), ApiError> {
        if self.pool.is_full() {
            return Err(overloaded());
        }
        Ok(())
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, ApiError> {
        let (password, rules) = (normal_password(password), self.rules);
        self.run(move |memory| hash(rules, &password, memory))
            .await?
            .map_err(ApiError::internal)
    }

    /// Whether a password is the one of this stored hash. Without one it is not, and finding that
    /// out takes as long.
    pub(crate) async fn verify(
        &self,
        password: &str,
        phc: Option<&str>,
    ) -> Result<Verified, ApiError> {
        let (password, rules) = (normal_password(password), self.rules);
        let stored = phc.map(str::to_owned);
        let nobodys = Arc::clone(&self.nobodys);
        self.run(move |memory| verify(rules, &password, stored.as_deref(), &nobodys, memory))
            .await?
            .map_err(ApiError::internal)
    }

    /// Refuses a new password that would be guessed. `pointer` is its place in the body, `context`
    /// what is known of the account ([`context_of`]); the site's name is always part of it.
    pub(crate) async fn check_new(
        &self,
        pointer: &str,
        password: &str,
        context: Vec<String>,
    ) -> Result<(), ApiError> {
        let password = normal_password(password);
        let least = self.rules.min_length;
        let site = self.site_name.clone();
        let checked = self.run(move |_| {
            let known: Vec<&str> = context
                .iter()
                .map(String::as_str)
                .chain(iter::once(site.as_str()))
                .collect();
            check_password(&password, least, &known)
        });
        let field = pointer.trim_start_matches('/');
        Ok(checked.await?.map_err(|invalid| invalid.at(field))?)
    }

    /// Does `job` on one of the threads.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let (answer, answered) = oneshot::channel();
        let queued = Instant::now();
        let job: Job = Box::new(move |memory| {
            // Nobody waits for what a client that hung up has asked for.
            if answer.is_closed() {
                return;
            }
            let done = (queued.elapsed() <= PATIENCE).then(|| job(memory));
            // Whoever hung up while it was computed does not want it either.
            let _ = answer.send(done);
        });
        if !self.pool.add(job) {
            return Err(overloaded());
        }
        match answered.await {
            Ok(Some(done)) => Ok(done),
            Ok(None) => Err(overloaded()),
            Err(_) => Err(ApiError::internal("a password was not hashed")),
        }
    }

    /// Ends the threads after what they are at. Nothing is taken any more.
    pub(crate) fn close(&self) {
        self.pool.close();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread that hashes passwords had panicked");
            }
        }
    }
}

impl Drop for Passwords {
    fn drop(&mut self) {
        // Not joined: this may run where nothing may block.
        self.pool.close();
    }
}

fn overloaded() -> ApiError {
    ApiError::new(
        Code::Overloaded,
        "More people sign in at the moment than this server can check. Nothing was stored; try \
         again shortly.",
    )
    .retry_after(2)
}

/// What must not be part of a password, besides the name of the site.
pub(crate) fn context_of(name: &str, email: &Email) -> Vec<String> {
    let local = email.as_str().split('@').next().unwrap_or_default();
    vec![name.to_owned(), local.to_owned(), email.as_str().to_owned()]
}

/// Hashes a password on the thread that asks: for commands.
pub(crate) fn hash_blocking(rules: PasswordRules, password: &str) -> Result<String, io::Error> {
    hash(rules, &normal_password(password), &mut Vec::new()).map_err(io::Error::other)
}

type Job = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// Jobs that wait, and the bell that is rung for them.
#[derive(Default)]
struct Pool {
    queue: Mutex<Queue>,
    bell: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Pool {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full(&self) -> bool {
        self.queue().jobs.len() >= QUEUE
    }

    /// Takes a job, unless too many wait.
    fn add(&self, job: Job) -> bool {
        let mut queue = self.queue();
        if queue.closed || queue.jobs.len() >= QUEUE {
            return false;
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.bell.notify_one();
        true
    }

    /// The next job; `None` when there will be no more.
    fn next(&self) -> Option<Job> {
        let idle = |queue: &mut Queue| queue.jobs.is_empty() && !queue.closed;
        let mut queue = self
            .bell
            .wait_while(self.queue(), idle)
            .unwrap_or_else(PoisonError::into_inner);
        queue.jobs.pop_front()
    }

    fn close(&self) {
        self.queue().closed = true;
        self.bell.notify_all();
    }
}

/// Lets every other thread go first: a reader waits for no password that is being hashed. Linux
/// keeps this for each thread; elsewhere it would hold for the whole process, and is left.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(19) {
        tracing::warn!(%error, "passwords are hashed with the priority of everything else");
    }
}

/// What a thread does. It keeps its memory from one password to the next.
fn work(pool: &Pool) {
    let mut memory = Vec::new();
    while let Some(job) = pool.next() {
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            tracing::error!("hashing a password panicked");
        }
    }
}

fn params(rules: PasswordRules) -> argon2::Result<Params> {
    Params::new(rules.memory_kib, rules.iterations, 1, Some(HASH_BYTES))
}

fn random_salt() -> Result<Salt, String> {
    let salt: [u8; SALT_BYTES] = random_bytes().map_err(|error| error.to_string())?;
    Salt::new(&salt).map_err(|error| error.to_string())
}

fn phc(params: &Params, salt: Salt, output: Output) -> Result<String, String> {
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|error| error.to_string())?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// A hash that nothing was hashed to.
fn nobodys(rules: PasswordRules) -> io::Result<String> {
    let output: [u8; HASH_BYTES] = random_bytes()?;
    let made = || {
        let output = Output::new(&output).map_err(|error| error.to_string())?;
        let params = params(rules).map_err(|error| error.to_string())?;
        phc(&params, random_salt()?, output)
    };
    made().map_err(io::Error::other)
}

fn hash(rules: PasswordRules, password: &str, memory: &mut Vec<Block>) -> Result<String, String> {
    let params = params(rules).map_err(|error| error.to_string())?;
    let salt = random_salt()?;
    let output = compute(&params, password, &salt, HASH_BYTES, memory)?;
    phc(&params, salt, output)
}

fn compute(
    params: &Params,
    password: &str,
    salt: &Salt,
    length: usize,
    memory: &mut Vec<Block>,
) -> Result<Output, String> {
    let blocks = usize::try_from(params.m_cost()).unwrap_or(usize::MAX);
    if memory.len() != blocks {
        // A stored hash may have asked for more than is usual; that is given back.
        memory.clear();
        memory.shrink_to(blocks);
        memory.resize(blocks, Block::default());
    }
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer
        .get_mut(..length)
        .ok_or("a hash is never as long as this")?;
    argon
        .hash_password_into_with_memory(password.as_bytes(), salt, out, memory.as_mut_slice())
        .map_err(|error| error.to_string())?;
    Output::new(out).map_err(|error| error.to_string())
}

fn verify(
    rules: PasswordRules,
    password: &str,
    stored: Option<&str>,
    nobodys: &str,
    memory: &mut Vec<Block>,
) -> Result<Verified, String> {
    let usable = stored.map(read).transpose().unwrap_or_else(|why| {
        tracing::error!("a stored password hash is not used: {why}");
        None
    });
    let theirs = usable.is_some();
    let (params, salt, expected) = match usable {
        Some(usable) => usable,
        None => read(nobodys)?,
    };
    let output = compute(&params, password, &salt, expected.len(), memory)?;
    // Comparing two outputs takes the same time whatever they are.
    let right = theirs && output == expected;
    let outdated = params != self::params(rules).map_err(|error| error.to_string())?;
    let rehash = if right && outdated {
        Some(hash(rules, password, memory)?)
    } else {
        None
    };
    Ok(Verified { right, rehash })
}

/// Takes a stored hash apart, if it is one that may be computed here.
fn read(phc: &str) -> Result<(Params, Salt, Output), String> {
    let hash = PasswordHash::new(phc).map_err(|error| error.to_string())?;
    if hash.algorithm != ARGON2ID_IDENT || hash.version != Some(Version::V0x13.into()) {
        return Err("it is not of Argon2id, version 19".to_owned());
    }
    let params = Params::try_from(&hash).map_err(|error| error.to_string())?;
    let most = [
        params.m_cost() <= MOST_MEMORY_KIB,
        params.t_cost() <= MOST_ITERATIONS,
        params.p_cost() <= MOST_LANES,
    ];
    if most.contains(&false) {
        return Err("it asks for more memory or passes than any setting allows".to_owned());
    }
    match (hash.salt, hash.hash) {
        (Some(salt), Some(output)) => Ok((params, salt, output)),
        _ => Err("it lacks its salt or its hash".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: PasswordRules = PasswordRules {
        min_length: 15,
        memory_kib: 64,
        iterations: 1,
        threads: 1,
    };

    fn passwords() -> Passwords {
        Passwords::start(RULES, "Harbour Post").unwrap()
    }

    fn right(password: &str, phc: Option<&str>, rules: PasswordRules) -> Verified {
        verify(
            rules,
            password,
            phc,
            &nobodys(rules).unwrap(),
            &mut Vec::new(),
        )
        .unwrap()
    }

    #[actix_web::test]
    async fn a_password_fits_its_own_hash_alone() {
        let passwords = passwords();
        let phc = passwords
            .hash("kettle wolf se\u{301}ventéen")
            .await
            .unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
        for (typed, right) in [
            ("kettle wolf sévente\u{301}en", true),
            ("kettle wolf seventeen", false),
            ("", false),
        ] {
            let verified = passwords.verify(typed, Some(&phc)).await.unwrap();
            let expected = Verified {
                right,
                rehash: None,
            };
            assert_eq!(verified, expected, "{typed}");
        }
        let nobody = passwords.verify("kettle wolf", None).await.unwrap();
        assert!(!nobody.right && nobody.rehash.is_none());
        assert_ne!(phc, passwords.hash("kettle wolf séventéen").await.unwrap());
        assert_eq!(hash_blocking(RULES, "x").unwrap().len(), phc.len());
        passwords.close();
        assert_eq!(
            passwords.hash("x").await.unwrap_err().code(),
            Code::Overloaded
        );
    }

    #[test]
    fn a_right_password_is_hashed_anew_when_the_parameters_have_changed() {
        let old = hash(RULES, "ferry", &mut Vec::new()).unwrap();
        let dearer = PasswordRules {
            iterations: 2,
            memory_kib: 128,
            ..RULES
        };
        assert_eq!(right("wrong", Some(&old), dearer).rehash, None);
        let verified = right("ferry", Some(&old), dearer);
        let new = verified.rehash.unwrap();
        assert!(verified.right && new.contains("$m=128,t=2,p=1$"), "{new}");
        let expected = Verified {
            right: true,
            rehash: None,
        };
        assert_eq!(right("ferry", Some(&new), dearer), expected);
    }

    #[test]
    fn what_a_database_should_not_hold_is_not_computed() {
        let good = hash(RULES, "ferry", &mut Vec::new()).unwrap();
        assert!(read(&good).is_ok());
        for bad in [
            good.replace("m=64", "m=4294967295"),
            good.replace("m=64", "m=1048577"),
            good.replace("t=1", "t=21"),
            good.replace("p=1", "p=17"),
            good.replace("argon2id", "argon2i"),
            good.replace("v=19", "v=16"),
            good.replace("$v=19", ""),
            "$argon2id$v=19$m=64,t=1,p=1".to_owned(),
            "ferry".to_owned(),
            String::new(),
        ] {
            assert!(read(&bad).is_err(), "{bad}");
            let verified = right("ferry", Some(&bad), RULES);
            assert!(!verified.right && verified.rehash.is_none(), "{bad}");
        }
    }

    #[test]
    fn memory_that_one_hash_needed_is_given_back() {
        let mut memory = Vec::new();
        let dear = PasswordRules {
            memory_kib: 4096,
            ..RULES
        };
        hash(dear, "ferry", &mut memory).unwrap();
        hash(RULES, "ferry", &mut memory).unwrap();
        assert!(memory.capacity() < 4096);
    }

    #[actix_web::test]
    async fn a_full_queue_refuses_and_a_panic_ends_nothing() {
        let passwords = passwords();
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let (begun, began) = std::sync::mpsc::channel();
        let first: Job = Box::new(move |_| {
            begun.send(()).unwrap();
            let _ = held.recv();
            panic!("on purpose");
        });
        assert!(passwords.pool.add(first));
        began.recv().unwrap();
        for _ in 0..QUEUE {
            assert!(passwords.pool.add(Box::new(|_| {})));
        }
        let refused = passwords.admit().unwrap_err();
        assert_eq!(refused.code(), Code::Overloaded);
        let refused = passwords.hash("x").await.unwrap_err();
        assert_eq!(refused.code(), Code::Overloaded);
        assert_eq!(refused.retry_seconds(), Some(2));
        drop(hold);
        // The one thread goes on behind the panic; it needs a moment for those before.
        while passwords.hash("x").await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[actix_web::test]
    async fn a_new_password_is_not_made_of_what_is_known() {
        let passwords = passwords();
        let email = Email::parse("ines.halloran@example.org").unwrap();
        let refused = |text: &'static str| {
            let context = context_of("Ines Halloran", &email);
            let passwords = &passwords;
            async move {
                let checked = passwords.check_new("/new_password", text, context).await;
                checked.err().map(|error| error.problem("").errors)
            }
        };
        assert_eq!(refused("kettle wolf seventeen").await, None);
        for text in [
            "Harbour PostHarbour Post",
            "ines.halloranines.halloran",
            "short",
        ] {
            let errors = refused(text).await.unwrap();
            assert_eq!(errors[0].pointer.as_deref(), Some("/new_password"));
        }
    }
}
