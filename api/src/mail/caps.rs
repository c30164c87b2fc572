//! How many mails anybody can cause to be sent.
//!
//! Whoever asks for a mail decides who gets it, without signing in: a form of ours must not fill
//! anybody's mailbox, nor make us a sender that mail servers turn away. What is over a cap is not
//! sent, and whoever asked is not told: the answer would say that others have asked.

use domain::user::Email;
use storage::{Error, Tx, attempts};

use crate::{
    config::Config,
    extract::Origin,
    limits,
    secret::{Secret, Use},
};

const HOUR: i64 = 60 * 60;
/// An hour, to one mailbox, whatever stands behind a `+` in its address.
const TO_MAILBOX: i64 = 3;
/// An hour, asked for from one network, which in IPv6 is all that one customer has.
const FROM_NETWORK: i64 = 20;
/// An hour, of all that are really sent: whoever asks for mails to addresses without an account
/// must not use up everybody's.
const OF_ALL: i64 = 500;

/// What a mail counts against. In this order: what one network asks for too much counts against
/// nobody else.
pub(crate) struct Caps {
    /// Counted whether there is a mail to send or not, each with how many there may be.
    asked: [(String, i64); 2],
    sent: String,
}

impl Caps {
    /// Those of a mail to this address that is asked for from there.
    pub(crate) fn of(secret: &Secret, origin: &Origin, to: &Email) -> Self {
        let bucket = |parts: &[&[u8]]| secret.keyed_hash(Use::Attempts, parts);
        let network = origin.address.map(limits::premises);
        let network = network.map_or_else(String::new, |network| network.to_string());
        Self {
            asked: [
                (bucket(&[b"mail from", network.as_bytes()]), FROM_NETWORK),
                (bucket(&[b"mail to", to.mailbox().as_bytes()]), TO_MAILBOX),
            ],
            sent: bucket(&[b"mail"]),
        }
    }

    /// Counts a mail; whether it may be sent. Where limits are off it may in any case. Whoever
    /// asks notes in the audit log when it may not.
    pub(crate) fn allow(&self, tx: &mut Tx<'_>, config: &Config) -> Result<bool, Error> {
        self.allow_if(true, tx, config)
    }

    /// As [`Self::allow`]; `sends` is whether there is a mail to send at all. As many statements
    /// are made either way.
    pub(crate) fn allow_if(
        &self,
        sends: bool,
        tx: &mut Tx<'_>,
        config: &Config,
    ) -> Result<bool, Error> {
        for (bucket, most) in &self.asked {
            let asked = attempts::add(tx, bucket, HOUR)?;
            if asked > *most && config.rate_limits {
                return Ok(false);
            }
        }
        let sent = if sends {
            attempts::add(tx, &self.sent, HOUR)?
        } else {
            let now = tx.now();
            let window = attempts::window(tx, &self.sent, now, HOUR)?;
            window.map_or(1, |window| window.count.saturating_add(1))
        };
        Ok(sent <= OF_ALL || !config.rate_limits)
    }
}
