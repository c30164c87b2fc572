//! How many mails anybody can cause to be sent.
//!
//! Whoever asks for a mail decides who gets it, without signing in: a form of ours must not fill
//! anybody's mailbox, nor make us a sender that mail servers turn away. What is over a cap is not
//! sent, and whoever asked is not told: the answer would say that others have asked.

use domain::user::Email;
use storage::{Error, Tx, attempts};

use crate::{
    auth::sign_in,
    config::Config,
    extract::Origin,
    secret::{Secret, Use},
};

const HOUR: i64 = 60 * 60;
/// An hour, to one mailbox, whatever stands behind a `+` in its address.
const TO_MAILBOX: i64 = 3;
/// An hour, asked for from one network.
const FROM_NETWORK: i64 = 20;
/// An hour, of all.
const OF_ALL: i64 = 500;

/// What a mail counts against, with how many may be sent. In this order: what one network asks
/// for too much counts against nobody else.
pub(crate) struct Caps([(String, i64); 3]);

impl Caps {
    /// Those of a mail to this address that is asked for from there.
    pub(crate) fn of(secret: &Secret, origin: &Origin, to: &Email) -> Self {
        let bucket = |parts: &[&[u8]]| secret.keyed_hash(Use::Attempts, parts);
        let network = sign_in::network_of(origin);
        Self([
            (bucket(&[b"mail from", network.as_bytes()]), FROM_NETWORK),
            (bucket(&[b"mail to", to.mailbox().as_bytes()]), TO_MAILBOX),
            (bucket(&[b"mail"]), OF_ALL),
        ])
    }

    /// Counts a mail; whether it may be sent. Where limits are off it may in any case. Whoever
    /// asks notes in the audit log when it may not.
    pub(crate) fn allow(&self, tx: &mut Tx<'_>, config: &Config) -> Result<bool, Error> {
        for (bucket, most) in &self.0 {
            let sent = attempts::add(tx, bucket, HOUR)?;
            if sent > *most && config.rate_limits {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
