use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use super::{transport::Tls, *};
use crate::clock::ManualClock;

const QUICK: [Duration; 2] = [Duration::from_millis(1); 2];

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(Timestamp::from_millis(1_795_428_000_000)))
}

fn mail(to: &str, text: &str) -> Mail {
    Mail {
        to: Email::parse(to).unwrap(),
        subject: "Harbour Post: a test".to_owned(),
        text: text.to_owned(),
    }
}

fn from() -> Mailbox {
    Mailbox::new(
        Some("Café Post".to_owned()),
        "news@news.example".parse().unwrap(),
    )
}

/// A mail server that answers each `MAIL` with the next of these, and says what it heard.
fn server(answers: &'static [&'static str]) -> (Transport, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let heard = thread::spawn(move || {
        let mut heard = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            stream.write_all(b"220 here\r\n").unwrap();
            while let Some(Ok(line)) = lines.next() {
                let reply = match line.split([' ', ':']).next().unwrap() {
                    "MAIL" => answer,
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "250 yes",
                };
                let data = line == "DATA";
                heard.push(line);
                stream.write_all(format!("{reply}\r\n").as_bytes()).unwrap();
                if data {
                    heard.extend(lines.by_ref().map(Result::unwrap).take_while(|l| l != "."));
                    stream.write_all(b"250 taken\r\n").unwrap();
                }
            }
        }
        heard
    });
    (Transport::open(Route::parse(&url).unwrap()).unwrap(), heard)
}

#[test]
fn a_mail_server_gets_a_mail_and_is_asked_again_when_it_is_busy() {
    let (transport, heard) = server(&["451 busy", "421 busy", "250 yes"]);
    let mailer = Mailer::run(transport, from(), clock(), QUICK).unwrap();
    mailer.send(mail("ann@b.example", "Hello\n.\nBcc: c@d.example\n"));
    let heard = heard.join().unwrap();
    mailer.close();
    assert_eq!(
        heard.iter().filter(|line| line.starts_with("MAIL")).count(),
        3
    );
    for line in [
        "MAIL FROM:<news@news.example>",
        "RCPT TO:<ann@b.example>",
        "From: =?utf-8?b?Q2Fmw6kgUG9zdA==?= <news@news.example>",
        "To: ann@b.example",
        "Subject: Harbour Post: a test",
        "Date: Mon, 23 Nov 2026 10:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Type: text/plain; charset=utf-8",
        // A line with one dot would end the mail.
        "..",
    ] {
        assert!(
            heard.iter().any(|heard| heard == line),
            "{line}: {heard:#?}"
        );
    }
    let end = heard.iter().position(String::is_empty).unwrap();
    assert!(!heard[..end].iter().any(|line| line.starts_with("Bcc")));
}

#[test]
fn what_a_mail_server_refuses_for_good_is_not_tried_again() {
    let (transport, heard) = server(&["550 no such ann@b.example"]);
    let letter =
        transport::compose(&mail("ann@b.example", "Hello"), &from(), Timestamp::EPOCH).unwrap();
    let failed = transport.deliver(&letter, Timestamp::EPOCH).unwrap_err();
    assert!(matches!(&failed, Failed::ForGood(why) if !why.contains("ann")));
    heard.join().unwrap();
    // Nobody is there any more.
    let failed = transport.deliver(&letter, Timestamp::EPOCH).unwrap_err();
    assert!(matches!(failed, Failed::ForNow(_)), "{failed}");
}

#[test]
fn a_subject_cannot_bring_headers() {
    let mut bent = mail("ann@b.example", "Hello");
    bent.subject = "Hello\r\nBcc: c@d.example\r\n\r\nMore".to_owned();
    let letter = transport::compose(&bent, &from(), Timestamp::EPOCH).unwrap();
    let text = String::from_utf8(letter.formatted()).unwrap();
    assert!(
        !text.contains("\r\nBcc") && !text.contains("\r\nMore"),
        "{text}"
    );
}

#[test]
fn a_folder_gets_one_file_for_each_mail_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let below = folder.path().join("a/mails");
    let route = Route::parse(&format!("file://{}", below.display())).unwrap();
    let transport = Transport::open(route).unwrap();
    let mailer = Mailer::run(transport, from(), clock(), QUICK).unwrap();
    assert!(mailer.is_configured());
    mailer.send(mail("ann@b.example", "The code is bst_1.\n"));
    mailer.send(mail("bob@b.example", "Grüße\n"));
    mailer.close();
    // What comes later is not taken, and nobody minds.
    mailer.send(mail("eve@b.example", "Too late\n"));
    let files: Vec<_> = fs::read_dir(&below)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        assert_eq!(file.extension().unwrap(), "eml");
        let ann = text.contains("To: ann@b.example\r\n");
        assert_eq!(
            ann,
            text.contains("\r\n\r\nThe code is bst_1.\r\n"),
            "{text}"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(file).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }
}

#[test]
fn a_full_queue_leaves_mails_out_and_the_end_does_not_wait_for_ever() {
    // It is connected to and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let transport = Transport::open(Route::parse(&url).unwrap()).unwrap();
    let mailer = Mailer::run(transport, from(), clock(), QUICK).unwrap();
    for _ in 0..QUEUE + 10 {
        mailer.send(mail("ann@b.example", "Hello"));
    }
    let began = std::time::Instant::now();
    mailer.close_within(Duration::from_millis(20));
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_setting_says_how_a_connection_is_kept_from_others() {
    let tls = |url: &str| match Route::parse(url).unwrap() {
        Route::Smtp { tls, .. } => tls,
        other => panic!("{other:?}"),
    };
    for (url, expected) in [
        ("smtps://mail.example", Tls::FromStart),
        ("smtps://localhost", Tls::FromStart),
        ("smtp://mail.example:2525", Tls::Upgraded),
        ("smtp://localhost.mail.example", Tls::Upgraded),
        ("smtp://10.0.0.1", Tls::Upgraded),
        ("smtp://localhost:2525", Tls::Needless),
        ("smtp://127.0.0.9", Tls::Needless),
        ("smtp://[::1]:25/", Tls::Needless),
    ] {
        assert_eq!(tls(url), expected, "{url}");
    }
    let full = Route::parse("smtps://ann%40b.example:s%2Fecret@mail.example:1465").unwrap();
    let expected = Route::Smtp {
        host: "mail.example".to_owned(),
        port: Some(1465),
        login: Some((
            "ann@b.example".to_owned(),
            crate::config::Hidden::new("s/ecret"),
        )),
        tls: Tls::FromStart,
    };
    assert_eq!(full, expected);
    assert!(!format!("{full:?}").contains("ecret"));
    assert_eq!(
        Route::parse("file://data/mails"),
        Ok(Route::Folder("data/mails".into()))
    );
    assert_eq!(Route::parse("log"), Ok(Route::Log));
    for bad in [
        "",
        "smtp:",
        "smtp://",
        "file://",
        "mail.example",
        "https://mail.example",
        "smtp://mail.example?tls=none",
        "smtp://mail.example/name",
    ] {
        assert!(Route::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_way_without_a_sender_is_no_configuration() {
    let mut config = Config::default();
    assert!(configured(&config).unwrap().is_none());
    config.mail = Some(crate::config::Hidden::new("log"));
    let error = configured(&config).unwrap_err().to_string();
    assert!(error.contains("BROADSHEET_MAIL_FROM"), "{error}");
    config.mail_from = Some(Email::parse("news@news.example").unwrap());
    let (route, from) = configured(&config).unwrap().unwrap();
    assert_eq!(route, Route::Log);
    assert_eq!(from.to_string(), "Broadsheet <news@news.example>");
}
