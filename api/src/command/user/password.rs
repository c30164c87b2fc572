//! How somebody gets in: a password from standard input, or a code that sets one.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _, stdin, stdout};

use clap::Args;
use domain::Timestamp;
use domain::user::{Email, MAX_PASSWORD, TokenPurpose, check_password, normal_password};
use storage::user_tokens::{self, NewToken};
use storage::users::User;
use storage::{Error, Tx};

use super::{Desk, refused};
use crate::auth::mailed::{INVITE_SECONDS, fresh_token};
use crate::auth::{context_of, hash_blocking};
use crate::command::failure::Failure;
use crate::command::output::tell;

/// No password needs more bytes: a character has four at most. One more shows that it is longer.
const MOST_BYTES: usize = MAX_PASSWORD * 4;

/// How a password is given.
#[derive(Debug, Clone, Copy, Args)]
pub(in crate::command) struct Entry {
    /// Read the password from standard input, one line, instead of printing a code to set it with
    #[arg(long)]
    password_stdin: bool,
}

/// What lets somebody in.
#[derive(Clone)]
pub(super) enum Key {
    /// A password; its hash.
    Password(String),
    /// A code that sets one, once.
    Code {
        text: String,
        hash: String,
        ends: Timestamp,
    },
}

/// Reads and checks a password, or draws a code.
pub(super) fn give(
    desk: &Desk<'_>,
    entry: Entry,
    name: &str,
    email: &Email,
) -> Result<Key, Failure> {
    if !entry.password_stdin {
        let (text, hash) = fresh_token().map_err(|error| no_randomness(&error))?;
        let ends = desk.now.plus_seconds(INVITE_SECONDS);
        return Ok(Key::Code { text, hash, ends });
    }
    let password = normal_password(&read_line()?);
    let mut known = context_of(name, email);
    known.push(desk.config.site_name.clone());
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let rules = desk.config.passwords;
    check_password(&password, rules.min_length, &known)
        .map_err(|invalid| refused("password", &invalid))?;
    let hash = hash_blocking(rules, &password).map_err(|error| no_randomness(&error))?;
    Ok(Key::Password(hash))
}

fn no_randomness(error: &io::Error) -> Failure {
    Failure::new(format!("No secret could be made: {error}"), "Try again")
}

impl Key {
    /// The hash of the password, if it is one.
    pub(super) fn hash(&self) -> Option<String> {
        match self {
            Self::Password(hash) => Some(hash.clone()),
            Self::Code { .. } => None,
        }
    }

    /// Stores the code, if it is one.
    pub(super) fn store(&self, tx: &mut Tx<'_>, user: &User) -> Result<(), Error> {
        let Self::Code { hash, ends, .. } = self else {
            return Ok(());
        };
        let token = NewToken {
            hash: hash.clone(),
            user: user.id,
            purpose: TokenPurpose::SetPassword,
            email: user.email.clone(),
            expires_at: *ends,
        };
        user_tokens::create(tx, &token)
    }

    /// Says what to do next; prints the code, if it is one.
    pub(super) fn tell(&self, desk: &Desk<'_>, email: &Email) -> Result<(), Failure> {
        let Self::Code { text, ends, .. } = self else {
            tell!(
                "It can sign in now: `POST /api/v1/auth/login` with the address and the password."
            );
            return Ok(());
        };
        if let Some(url) = &desk.config.account_url {
            tell!(
                "Its owner chooses a password here, until {ends}:\n\n  {url}/reset#token={text}\n"
            );
            tell!("Or with the code, as `POST /api/v1/auth/reset` with `token` and `password`:");
        } else {
            tell!(
                "Its owner chooses a password with this code, once, until {ends}: `POST \
                 /api/v1/auth/reset` with `token` and `password`:"
            );
        }
        // Unlike everything else, this cannot be said again.
        writeln!(stdout(), "{text}").map_err(|error| {
            Failure::new(
                format!("The code could not be printed: {error}"),
                format!("`broadsheet user reset-password --email {email}` makes another"),
            )
        })
    }
}

/// The one line of standard input.
fn read_line() -> Result<String, Failure> {
    let mut input = stdin().lock();
    if input.is_terminal() {
        tell!("Type the password and Enter. It is shown while you type.");
    }
    let unreadable = |error: io::Error| {
        Failure::new(
            format!("The password cannot be read: {error}"),
            "Give it as one line of UTF-8 on standard input",
        )
    };
    // One byte for the line end, and one that shows that there is more.
    let most = u64::try_from(MOST_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(2);
    let mut text = String::new();
    let mut bounded = input.by_ref().take(most);
    bounded.read_line(&mut text).map_err(unreadable)?;
    let whole = text.ends_with('\n');
    let more = whole && !stdin_is_over(&mut input).map_err(unreadable)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if more {
        return Err(Failure::new(
            "There is more than one line on standard input",
            "Give the password alone",
        ));
    }
    Ok(line.to_owned())
}

/// Whether nothing follows. A terminal is not asked: it would wait for the next line.
fn stdin_is_over(input: &mut io::StdinLock<'_>) -> io::Result<bool> {
    Ok(input.is_terminal() || input.fill_buf()?.is_empty())
}
