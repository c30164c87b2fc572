//! `broadsheet user`: who can sign in.

mod change;
mod list;
mod password;

use clap::{Args, Subcommand, ValueEnum};
use domain::id::UserId;
use domain::user::{Email, UserStatus, parse_name};
use domain::{Actor, Invalid, Role, SystemActor, Timestamp};
use storage::users::{self, NewUser, User};
use storage::{Conn, Error, Store, Tx};

use self::password::{Entry, give};
use super::failure::Failure;
use super::output::tell;
use super::role::RoleName;
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::Ids;

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(in crate::command) enum UserCommand {
    /// Make an account: this is how the first administrator comes to be
    ///
    /// Prints a one-time code, alone, on standard output. Whoever has it sets the password with
    /// it, within an hour. With --password-stdin the password is set at once.
    #[command(
        after_help = "Examples:\n  broadsheet user create --email you@example.org --name You --role \
                      admin\n  pass show newsroom | broadsheet user create --email you@example.org \
                      --name You \\\n    --role admin --password-stdin"
    )]
    Create(Create),
    /// List the accounts, the latest made first
    List(List),
    /// Change what an account may do: running servers follow within a second
    SetRole {
        #[command(flatten)]
        whose: Whose,
        /// What it may do from then on
        #[arg(long, value_enum)]
        role: RoleName,
    },
    /// Close an account for now: its sessions end, and nobody signs in to it
    Suspend(Whose),
    /// Open a suspended account again
    Restore(Whose),
    /// End all sessions of an account and give it another password
    ///
    /// Prints a one-time code, alone, on standard output, with which a password is set within an
    /// hour; the old one is worth nothing from now on. With --password-stdin the password is set
    /// at once.
    ResetPassword {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        entry: Entry,
    },
    /// Remove an account for good; its comments stay, without a name
    Erase(Whose),
}

/// The account to make.
#[derive(Debug, Args)]
pub(in crate::command) struct Create {
    /// What its owner signs in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// What its comments are signed with
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What it may do
    #[arg(long, value_enum)]
    role: RoleName,
    #[command(flatten)]
    entry: Entry,
}

/// Which account.
#[derive(Debug, Args)]
pub(in crate::command) struct Whose {
    /// What its owner signs in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
}

/// Which accounts.
#[derive(Debug, Args)]
pub(in crate::command) struct List {
    /// Only those with this role
    #[arg(long, value_enum)]
    role: Option<RoleName>,
    /// Only those in this status
    #[arg(long, value_enum)]
    status: Option<StatusName>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StatusName {
    /// Its owner can sign in
    Active,
    /// Closed for now
    Suspended,
    /// About to be gone
    Erasing,
}

impl From<StatusName> for UserStatus {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Active => Self::Active,
            StatusName::Suspended => Self::Suspended,
            StatusName::Erasing => Self::Erasing,
        }
    }
}

/// What the commands work with.
#[derive(Clone, Copy)]
pub(in crate::command) struct Desk<'a> {
    pub(in crate::command) store: &'a Store,
    pub(in crate::command) config: &'a Config,
    pub(in crate::command) clock: &'a dyn Clock,
    pub(in crate::command) now: Timestamp,
}

/// Does what was asked.
pub(in crate::command) fn run(
    desk: &Desk<'_>,
    command: &UserCommand,
    ids: &Ids,
) -> Result<(), Failure> {
    match command {
        UserCommand::Create(asked) => create(desk, asked, ids),
        UserCommand::List(asked) => list::run(desk, asked),
        UserCommand::SetRole { whose, role } => change::set_role(desk, whose, (*role).into()),
        UserCommand::Suspend(whose) => change::suspend(desk, whose),
        UserCommand::Restore(whose) => change::restore(desk, whose),
        UserCommand::ResetPassword { whose, entry } => change::reset(desk, whose, *entry),
        UserCommand::Erase(whose) => change::erase(desk, whose),
    }
}

fn create(desk: &Desk<'_>, asked: &Create, ids: &Ids) -> Result<(), Failure> {
    let email = parse_email(&asked.email)?;
    let name = parse_name(&asked.name).map_err(|invalid| refused("name", &invalid))?;
    let key = give(desk, asked.entry, &name, &email)?;
    let new = NewUser {
        id: UserId::from_raw(ids.next(desk.now)),
        email: email.clone(),
        // Whoever sets the password by a code shows that the address is theirs, or an operator's
        // word is taken for it.
        email_verified: key.hash().is_some(),
        name,
        password_hash: key.hash(),
        role: asked.role.into(),
    };
    let stored = key.clone();
    let user = desk.write(move |tx| {
        let user = users::create(tx, &new)?;
        stored.store(tx, &user)?;
        Ok(user)
    });
    let user = user.map_err(|error| match error {
        Error::Conflict { field: "email" } => Failure::new(
            format!("There is an account with the address {email}"),
            "`broadsheet user set-role` changes what it may do, `broadsheet user reset-password` \
             gives it another password",
        ),
        other => Failure::from(other),
    })?;
    tell!(
        "Made the account {email} ({}) with the role {}.",
        user.id,
        user.role
    );
    key.tell(desk, &email)
}

impl Desk<'_> {
    fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Conn<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.read_blocking(job)
    }

    fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let actor = Actor::System(SystemActor::Command);
        self.store.write_blocking(actor, self.now, job)
    }

    /// The account with an address, if it is there and not about to be gone.
    fn find(&self, whose: &Whose) -> Result<User, Failure> {
        let user = self.find_any(whose)?;
        if user.status == UserStatus::Erasing {
            return Err(Failure::new(
                format!("The account {} is being erased", user.email),
                "A running server finishes that within minutes, `broadsheet user erase` at once; \
                 then the address is free",
            ));
        }
        Ok(user)
    }

    /// The account with an address, if it is there.
    fn find_any(&self, whose: &Whose) -> Result<User, Failure> {
        let email = parse_email(&whose.email)?;
        let wanted = email.clone();
        self.read(move |conn| users::by_email(conn, &wanted))?
            .ok_or_else(|| {
                Failure::new(
                    format!("There is no account with the address {email}"),
                    "`broadsheet user list` shows the accounts there are",
                )
            })
    }

    /// Says so, when nobody is left who could let others in.
    fn tell_without_admin(&self, user: &User) -> Result<(), Failure> {
        if user.role == Role::Admin && !has_admin(self.store, self.config)? {
            tell!(
                "No administrator is left who can sign in. `broadsheet user create --role admin` \
                 makes one, `broadsheet user set-role` makes somebody one."
            );
        }
        Ok(())
    }
}

/// Whether there is an administrator who can sign in.
pub(in crate::command) fn has_admin(store: &Store, config: &Config) -> Result<bool, Error> {
    let confirmed = config.mail.is_some();
    store.read_blocking(move |conn| users::has_admin(conn, confirmed))
}

fn parse_email(text: &str) -> Result<Email, Failure> {
    Email::parse(text).map_err(|invalid| refused("e-mail address", &invalid))
}

/// Details begin with what the value must be.
fn refused(what: &str, invalid: &Invalid) -> Failure {
    let detail = &invalid.detail;
    Failure::new(
        format!("The {what} cannot be used: {detail}"),
        "Nothing was changed; try again with another one",
    )
}
