//! The ways a mail can take: to a mail server, into a folder, into the log.

use std::{
    fmt, fs, io,
    io::Write as _,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use data_encoding::HEXLOWER;
use domain::Timestamp;
use lettre::{
    Message, SmtpTransport, Transport as _,
    message::{
        Body, Mailbox, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::authentication::Credentials,
};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::Mail;
use crate::{config::Hidden, ids::random_bytes};

/// A mail server that says nothing for so long is away.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the setting `mail` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// Over a mail server.
    Smtp {
        /// Its name or address.
        host: String,
        /// Where it listens, if not in the usual place.
        port: Option<u16>,
        /// Who signs in there, with which password.
        login: Option<(String, Hidden)>,
        /// How the connection is kept from others.
        tls: Tls,
    },
    /// A file for each mail, in this folder.
    Folder(PathBuf),
    /// Into the log of events.
    Log,
}

/// How a connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// From its first byte (`smtps`).
    FromStart,
    /// Before anything is said that matters (`smtp`, STARTTLS), or not at all.
    Upgraded,
    /// It does not leave this machine.
    Needless,
}

impl Route {
    /// Reads the setting.
    pub(crate) fn parse(value: &str) -> Result<Self, String> {
        if value == "log" {
            return Ok(Self::Log);
        }
        if let Some(folder) = value.strip_prefix("file://") {
            if folder.is_empty() {
                return Err("file:// is followed by the path of a folder".to_owned());
            }
            return Ok(Self::Folder(PathBuf::from(folder)));
        }
        let form = || "it is smtp://…, smtps://…, file://folder or log".to_owned();
        let url = Url::parse(value).map_err(|_| form())?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let (Some(host), "smtp" | "smtps") = (host, url.scheme()) else {
            return Err(form());
        };
        let bare =
            matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if !bare {
            return Err("nothing follows the host and port of a mail server".to_owned());
        }
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let login = (!url.username().is_empty()).then(|| {
            let password = decoded(url.password().unwrap_or_default());
            (decoded(url.username()), Hidden::new(password))
        });
        Ok(Self::Smtp {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port(),
            login,
            tls: tls(&url, host),
        })
    }
}

/// Whether a host is this machine itself.
fn is_here(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    host.parse::<IpAddr>()
        .map_or(host == "localhost", |address| address.is_loopback())
}

fn tls(url: &Url, host: &str) -> Tls {
    // A name could be anything; only what is surely here does without.
    match url.host() {
        _ if url.scheme() == "smtps" => Tls::FromStart,
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) if is_here(host) => Tls::Needless,
        _ => Tls::Upgraded,
    }
}

/// Why a mail was not sent. It never holds an address: mail servers like to repeat it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failed {
    /// It may work a little later.
    ForNow(String),
    /// It will not.
    ForGood(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForNow(why) | Self::ForGood(why) => f.write_str(why),
        }
    }
}

/// A way that is ready to be taken.
pub(super) enum Transport {
    Smtp(Box<SmtpTransport>),
    Folder(PathBuf),
    Log,
}

impl Transport {
    pub(super) fn open(route: Route) -> Result<Self, String> {
        match route {
            Route::Smtp {
                host,
                port,
                login,
                tls,
            } => {
                let mut builder = match tls {
                    Tls::FromStart => SmtpTransport::relay(&host),
                    Tls::Upgraded => SmtpTransport::starttls_relay(&host),
                    Tls::Needless => Ok(SmtpTransport::builder_dangerous(&host)),
                }
                .map_err(|error| error.to_string())?
                .timeout(Some(PATIENCE));
                if let Some(port) = port {
                    builder = builder.port(port);
                }
                if let Some((name, password)) = login {
                    let password = password.expose().to_owned();
                    builder = builder.credentials(Credentials::new(name, password));
                }
                Ok(Self::Smtp(Box::new(builder.build())))
            }
            Route::Folder(folder) => {
                make(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
                Ok(Self::Folder(folder))
            }
            Route::Log => Ok(Self::Log),
        }
    }

    pub(super) fn deliver(&self, letter: &Message, at: Timestamp) -> Result<(), Failed> {
        match self {
            Self::Smtp(server) => server
                .send(letter)
                .map(|_| ())
                .map_err(|error| told(&error)),
            Self::Folder(folder) => {
                put(folder, letter, at).map_err(|error| Failed::ForNow(error.to_string()))
            }
            Self::Log => {
                let text = String::from_utf8_lossy(&letter.formatted()).into_owned();
                tracing::info!("a mail that would be sent:\n{text}");
                Ok(())
            }
        }
    }
}

/// What may be said about a failure: the number of a refusal and not its words.
fn told(error: &lettre::transport::smtp::Error) -> Failed {
    match error.status() {
        Some(code) if error.is_permanent() => {
            Failed::ForGood(format!("the mail server refuses it ({code})"))
        }
        Some(code) => Failed::ForNow(format!("the mail server does not take it now ({code})")),
        None if error.is_response() || error.is_client() => {
            Failed::ForNow("the mail server cannot be talked to".to_owned())
        }
        None => Failed::ForNow(format!("the mail server cannot be reached: {error}")),
    }
}

/// A folder that only its owner can look into: what is in mails opens accounts.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Writes a mail under a name that sorts by time. It is there whole or not at all.
fn put(folder: &Path, letter: &Message, at: Timestamp) -> io::Result<()> {
    let unique = HEXLOWER.encode(&random_bytes::<8>()?);
    let name = format!("{:014}-{unique}", at.as_millis());
    let draft = folder.join(format!(".{name}.draft"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&draft)?;
    file.write_all(&letter.formatted())?;
    file.sync_all()?;
    fs::rename(&draft, folder.join(format!("{name}.eml")))
}

/// A mail with its headers. Every value goes through a type that cannot hold a line break.
pub(super) fn compose(mail: &Mail, from: &Mailbox, at: Timestamp) -> Result<Message, Failed> {
    let refused = |error: &dyn fmt::Display| Failed::ForGood(error.to_string());
    let to = mail
        .to
        .as_str()
        .parse()
        .map_err(|_| Failed::ForGood("no mail can be sent to its address".to_owned()))?;
    let unique = random_bytes::<16>().map_err(|error| refused(&error))?;
    let id = format!("<{}@{}>", HEXLOWER.encode(&unique), from.email.domain());
    let millis = u64::try_from(at.as_millis()).unwrap_or_default();
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(mail.subject.clone())
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .message_id(Some(id))
        // RFC 3834: nobody's holiday notice is to answer this.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .singlepart(
            SinglePart::builder()
                .header(ContentType::TEXT_PLAIN)
                .body(encoded(&mail.text)),
        )
        .map_err(|error| refused(&error))
}

/// A text as it stands in a mail: as it is if it can be, so that a link can be taken out of a file
/// or the log.
fn encoded(text: &str) -> Body {
    // RFC 5321 §4.5.3.1.6 allows 998 bytes.
    let plain = text.is_ascii()
        && text
            .lines()
            .all(|line| line.len() < 900 && !line.contains(['\r', '\0']));
    if !plain {
        return Body::new(text.to_owned());
    }
    let bytes = text.replace('\n', "\r\n").into_bytes();
    Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit)
}
