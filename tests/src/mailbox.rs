//! A mail server on this machine that keeps what it is given.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use api::config::{Config, Hidden};
use domain::user::Email;
use tokio::{
    sync::{
        Mutex,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    time::timeout,
};

/// No mail takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail server for one test.
pub struct Mailbox {
    address: SocketAddr,
    mails: Mutex<UnboundedReceiver<Mail>>,
}

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Whom the sender said it is from.
    pub from: String,
    /// Whom the sender said it is for.
    pub to: Vec<String>,
    /// The lines of its header, and of what follows.
    pub header: Vec<String>,
    pub body: Vec<String>,
}

impl Mailbox {
    /// Begins to listen. It goes on for as long as the process.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (send, mails) = unbounded_channel();
        // A thread: the server may be stopped, and send its last mails, while a test waits for it.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if converse(&stream, &send).is_none() && send.is_closed() {
                    return;
                }
            }
        });
        Self {
            address,
            mails: Mutex::new(mails),
        }
    }

    /// Where it is, as the setting `mail` names it.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Makes a server send its mails here.
    pub fn configure(&self) -> impl Fn(&mut Config) + Clone + Send + Sync + 'static {
        let url = self.url();
        move |config| {
            config.mail = Some(Hidden::new(&url));
            config.mail_from = Some(Email::parse("news@broadsheet.example").expect("an address"));
            config.account_url = Some("https://front.example/account".to_owned());
        }
    }

    /// The next mail, as soon as it has come.
    pub async fn next(&self) -> Mail {
        let mut mails = self.mails.lock().await;
        let mail = timeout(PATIENCE, mails.recv())
            .await
            .expect("a mail comes")
            .expect("the mail server runs");
        crate::leaks::assert_none("mail", mail.text().as_bytes());
        mail
    }

    /// The next mail, which is for this address.
    ///
    /// # Panics
    /// When it is for another one.
    #[track_caller]
    pub fn next_for(&self, address: &str) -> impl Future<Output = Mail> {
        let address = address.to_owned();
        async move {
            let mail = self.next().await;
            assert_eq!(mail.to, [address], "{mail:?}");
            mail
        }
    }

    /// How many mails have come that nobody asked for. Only mails of a server that was stopped
    /// are sure to be among them.
    pub async fn left(&self) -> usize {
        self.mails.lock().await.len()
    }
}

impl Mail {
    /// The value of a header field; empty when there is none.
    ///
    /// # Panics
    /// When it is there more than once.
    pub fn field(&self, name: &str) -> &str {
        let mut found = self.header.iter().filter_map(|line| {
            let (field, value) = line.split_once(": ")?;
            field.eq_ignore_ascii_case(name).then_some(value)
        });
        let value = found.next().unwrap_or_default();
        assert_eq!(found.next(), None, "{name} is there twice");
        value
    }

    /// The code in it, which stands on a line of its own.
    pub fn token(&self) -> String {
        let line = self.body.iter().find(|line| line.starts_with("bst_"));
        line.expect("a code").clone()
    }

    /// Everything of it as text.
    pub fn text(&self) -> String {
        [self.header.join("\n"), self.body.join("\n")].join("\n\n")
    }
}

/// Talks to one sender; `None` when it says something unheard of.
fn converse(stream: &TcpStream, send: &UnboundedSender<Mail>) -> Option<()> {
    let mut writer = stream;
    let mut say = |line: &str| writer.write_all(format!("{line}\r\n").as_bytes()).ok();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let (mut from, mut to) = (String::new(), Vec::new());
    say("220 mailbox.example")?;
    while let Some(line) = lines.next() {
        let argument = line.split_once(":<").map(|(_, rest)| rest);
        let address = argument.and_then(|rest| rest.split_once('>'));
        match line.get(..4)? {
            "EHLO" => say("250-mailbox.example\r\n250 8BITMIME")?,
            "MAIL" => {
                address?.0.clone_into(&mut from);
                say("250 well")?;
            }
            "RCPT" => {
                to.push(address?.0.to_owned());
                say("250 well")?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut text = lines.by_ref().take_while(|line| line != ".");
                let header = text.by_ref().take_while(|line| !line.is_empty()).collect();
                let body = text
                    .map(|line| line.strip_prefix('.').unwrap_or(&line).to_owned())
                    .collect();
                let (from, to) = (std::mem::take(&mut from), std::mem::take(&mut to));
                let mail = Mail {
                    from,
                    to,
                    header,
                    body,
                };
                send.send(mail).ok()?;
                say("250 taken")?;
            }
            "QUIT" => say("221 bye")?,
            _ => say("502 unheard of")?,
        }
    }
    Some(())
}
