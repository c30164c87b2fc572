//! Which clients are programs, by what they call themselves.
//!
//! Honest programs say so: nearly all have one of a few words in their name, or the address of a
//! page about them. Whoever pretends to be a browser is not found out here; repeats are not
//! counted, and limits hold.

use std::io;

use aho_corasick::{AhoCorasick, MatchKind};

/// Words of programs that read by themselves: crawlers, previews in messengers, monitors, automated
/// browsers, and the libraries that scripts are written with. Those of apps that people read with
/// (`okhttp`, `CFNetwork`, `Dart`) are not among them.
const WORDS: [&str; 48] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "archiver",
    "scrap",
    "+http",
    "fetch",
    "preview",
    "externalhit",
    "facebookcatalog",
    "whatsapp/",
    "embedly",
    "mediapartners",
    "googleother",
    "google-extended",
    "google-read-aloud",
    "inspectiontool",
    "chatgpt-user",
    "claude-user",
    "perplexity-user",
    "mistralai-user",
    "feedly",
    "feedburner",
    "monitor",
    "uptime",
    "pingdom",
    "statuscake",
    "check_http",
    "lighthouse",
    "validator",
    "headless",
    "phantomjs",
    "selenium",
    "puppeteer",
    "playwright",
    "curl/",
    "wget/",
    "python",
    "aiohttp",
    "libwww",
    "go-http-client",
    "httpclient",
    "java/",
    "ruby",
    "php",
    "guzzle",
    "axios",
];
/// Words that have one of those in them and are not meant: telephones of this make.
const PEOPLE: [&str; 1] = ["cubot"];

/// Knows programs by their names.
#[derive(Debug)]
pub(super) struct Bots(AhoCorasick);

impl Bots {
    pub(super) fn new() -> io::Result<Self> {
        let words = PEOPLE.iter().chain(&WORDS);
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            // Of two words the one that begins first is met, and the other within it is not.
            .match_kind(MatchKind::LeftmostLongest)
            .build(words)
            .map(Self)
            .map_err(io::Error::other)
    }

    /// Whether this is the name of a program.
    pub(super) fn is_one(&self, agent: &[u8]) -> bool {
        self.0
            .find_iter(agent)
            .any(|word| word.pattern().as_usize() >= PEOPLE.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_readers() {
        let bots = Bots::new().unwrap();
        for program in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (Linux; Android 6.0.1) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/142.0.0.0 Mobile Safari/537.36 (compatible; bingbot/2.0)",
            "Mozilla/5.0 (compatible; Baiduspider/2.0)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ChatGPT-User/1.0)",
            "GPTBOT",
            "facebookexternalhit/1.1",
            "WhatsApp/2.23.20.0",
            "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0.0.0 Safari/537.36",
            "curl/8.17.0",
            "python-requests/2.32",
            "Go-http-client/2.0",
            "node-fetch/1.0 (+https://github.com/node-fetch/node-fetch)",
            "CUBOT bot",
        ] {
            assert!(bots.is_one(program.as_bytes()), "{program}");
        }
        for reader in [
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, \
             like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 13; CUBOT_X70) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/142.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 12; KHTML) Chrome/120 Mobile [FBAN/FB4A;FBAV/440]",
            "HarbourPost/7.2 CFNetwork/1568 Darwin/24.0",
            "okhttp/5.1.0",
            "\u{ff}",
        ] {
            assert!(!bots.is_one(reader.as_bytes()), "{reader}");
        }
    }
}
