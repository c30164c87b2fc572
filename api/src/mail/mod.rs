//! Mail: written to a queue, sent by a thread.
//!
//! No request waits for a mail server, and none takes longer because there was a mail to send. A
//! mail that cannot be sent is tried again, then given up and logged, without its address and
//! text: whoever waits for it asks again.

pub(crate) mod caps;
pub(crate) mod letters;
mod transport;

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel},
    },
    thread,
    time::Duration,
};

use domain::{Timestamp, user::Email};
use lettre::message::Mailbox;

pub(crate) use transport::Route;
use transport::{Failed, Transport};

use crate::{clock::Clock, config::Config};

/// So many mails may wait to be sent.
const QUEUE: usize = 256;
/// How long to wait after the first and after the second try that failed.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(15)];
/// How long the end of the server waits for the mails that are still to be sent.
const LAST_MAILS: Duration = Duration::from_secs(5);

/// Why a server does not start with this configuration of mail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    /// A mail needs a sender.
    #[error(
        "Mail is configured, but not who sends it. Set BROADSHEET_MAIL_FROM to an address such as news@news.example, or leave BROADSHEET_MAIL out."
    )]
    NoSender,
    /// The address of the sender is none that mail can be sent from.
    #[error("Mail cannot be sent from the address in BROADSHEET_MAIL_FROM: {0}.")]
    Sender(String),
    /// The mail server or the folder cannot be used.
    #[error("The mail setting cannot be used: {0}. Mend BROADSHEET_MAIL, or leave it out.")]
    Route(String),
    /// A thread is needed.
    #[error("No thread for mail could be started: {0}.")]
    Thread(io::Error),
}

/// One mail: plain text to one address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// Whom it is for.
    pub(crate) to: Email,
    /// What it is about; one line.
    pub(crate) subject: String,
    /// What it says.
    pub(crate) text: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(hidden)")
    }
}

/// Takes mails, if mail is configured.
pub(crate) struct Mailer {
    running: Option<Running>,
}

struct Running {
    clock: Arc<dyn Clock>,
    /// Taken away to end the thread.
    queue: RwLock<Option<SyncSender<(Mail, Timestamp)>>>,
    /// The other end of it interrupts the pauses when this is dropped.
    patient: Mutex<Option<SyncSender<()>>>,
    /// Ends with the thread.
    ended: Mutex<Receiver<()>>,
}

impl Mailer {
    /// Starts the thread, if mail is configured.
    pub(crate) fn start(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, MailError> {
        let Some((route, from)) = configured(config)? else {
            return Ok(Self { running: None });
        };
        if route == Route::Log {
            tracing::warn!(
                "mails are not sent but written to this log, with the codes that open accounts: \
                 for development alone"
            );
        }
        let transport = Transport::open(route).map_err(MailError::Route)?;
        Self::run(transport, from, clock, PAUSES).map_err(MailError::Thread)
    }

    fn run(
        transport: Transport,
        from: Mailbox,
        clock: Arc<dyn Clock>,
        pauses: [Duration; 2],
    ) -> io::Result<Self> {
        let (queue, mails) = sync_channel(QUEUE);
        let (patient, hurry) = sync_channel(0);
        let (ending, ended) = channel();
        let postman = Postman {
            transport,
            from,
            hurry,
            pauses,
        };
        thread::Builder::new()
            .name("mail".to_owned())
            .spawn(move || {
                postman.work(&mails);
                drop(ending);
            })?;
        Ok(Self {
            running: Some(Running {
                clock,
                queue: RwLock::new(Some(queue)),
                patient: Mutex::new(Some(patient)),
                ended: Mutex::new(ended),
            }),
        })
    }

    /// Whether mails are sent at all.
    pub(crate) const fn is_configured(&self) -> bool {
        self.running.is_some()
    }

    /// Sends a mail as soon as possible. One too many is left out, and that is logged.
    pub(crate) fn send(&self, mail: Mail) {
        let Some(running) = &self.running else {
            return;
        };
        let queue = running.queue.read().unwrap_or_else(PoisonError::into_inner);
        let sent = match &*queue {
            Some(queue) => queue.try_send((mail, running.clock.now())),
            None => return,
        };
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = sent {
            tracing::error!("a mail was left out: {QUEUE} wait to be sent already");
        }
    }

    /// Sends what waits, but not for ever. Nothing is taken any more.
    pub(crate) fn close(&self) {
        self.close_within(LAST_MAILS);
    }

    fn close_within(&self, time: Duration) {
        let Some(running) = &self.running else {
            return;
        };
        let queue = running
            .queue
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let patient = running
            .patient
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop((queue, patient));
        let ended = running.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
            tracing::error!("mails that were still to be sent are lost");
        }
    }
}

/// The way mail takes and its sender, if mail is configured.
pub(crate) fn configured(config: &Config) -> Result<Option<(Route, Mailbox)>, MailError> {
    let Some(mail) = &config.mail else {
        return Ok(None);
    };
    let from = config.mail_from.as_ref().ok_or(MailError::NoSender)?;
    let address = from
        .as_str()
        .parse()
        .map_err(|error: lettre::address::AddressError| MailError::Sender(error.to_string()))?;
    let from = Mailbox::new(Some(config.site_name.clone()), address);
    let route = Route::parse(mail.expose()).map_err(MailError::Route)?;
    Ok(Some((route, from)))
}

/// What an operator should know of the configuration of mail, in a line.
pub(crate) fn notice(config: &Config) -> Result<String, MailError> {
    Ok(match configured(config)? {
        None => "not configured: whoever registers can sign in at once, whatever the address, and \
                 a forgotten password is set with `broadsheet user reset-password`"
            .to_owned(),
        Some((Route::Smtp { host, .. }, from)) => format!("from {} over {host}", from.email),
        Some((Route::Folder(folder), _)) => {
            format!("not sent, but written into {}", folder.display())
        }
        Some((Route::Log, _)) => {
            "NOT SENT, but written to the log, with the codes that open accounts".to_owned()
        }
    })
}

/// The thread that sends.
struct Postman {
    transport: Transport,
    from: Mailbox,
    hurry: Receiver<()>,
    pauses: [Duration; 2],
}

impl Postman {
    fn work(&self, mails: &Receiver<(Mail, Timestamp)>) {
        while let Ok((mail, at)) = mails.recv() {
            if let Err(failed) = self.send(&mail, at) {
                tracing::error!("a mail could not be sent and is given up: {failed}");
            }
        }
    }

    fn send(&self, mail: &Mail, at: Timestamp) -> Result<(), Failed> {
        let letter = transport::compose(mail, &self.from, at)?;
        let mut pauses = self.pauses.iter();
        loop {
            match self.transport.deliver(&letter, at) {
                Err(Failed::ForNow(why)) => match pauses.next() {
                    Some(pause) => {
                        tracing::warn!("a mail could not be sent, and is tried again: {why}");
                        self.wait(*pause);
                    }
                    None => return Err(Failed::ForNow(why)),
                },
                done => return done,
            }
        }
    }

    /// Waits, unless the server is on its way out.
    fn wait(&self, pause: Duration) {
        // Nobody ever sends anything: it ends with the time, or because the other end is gone.
        let _ = self.hurry.recv_timeout(pause);
    }
}

#[cfg(test)]
mod tests;
