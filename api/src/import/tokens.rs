//! XML in small pieces: elements begin and end, with text between them.

use std::io::BufRead;

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::ReadError;
use super::lines::LineCounter;

/// The longest text of one element that is kept, in bytes.
const MAX_TEXT: usize = 4 * 1024 * 1024;

/// Which vocabulary an element belongs to. Exports spell the same namespace with `http` and
/// `https` and with versions 1.0 to 1.2, so the end of the address decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Rss,
    Wp,
    Excerpt,
    Content,
    Dc,
    Other,
}

impl Space {
    fn of(resolved: &ResolveResult<'_>) -> Self {
        match resolved {
            ResolveResult::Unbound => Self::Rss,
            ResolveResult::Bound(namespace) => Self::from_address(namespace.as_ref()),
            ResolveResult::Unknown(prefix) => match prefix.as_str() {
                "wp" => Self::Wp,
                "excerpt" => Self::Excerpt,
                "content" => Self::Content,
                "dc" => Self::Dc,
                _ => Self::Other,
            },
        }
    }

    fn from_address(address: &str) -> Self {
        let path = address.split_once("://").map_or(address, |(_, rest)| rest);
        let path = path
            .strip_prefix("www.")
            .unwrap_or(path)
            .trim_end_matches('/');
        if path.starts_with("wordpress.org/export/") {
            if path.ends_with("/excerpt") {
                Self::Excerpt
            } else {
                Self::Wp
            }
        } else if path.ends_with("/modules/content") {
            Self::Content
        } else if path.starts_with("purl.org/dc/elements") {
            Self::Dc
        } else {
            Self::Other
        }
    }
}

/// An element that has just begun.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) space: Space,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) nicename: String,
    /// The attribute `id`, of whatever namespace.
    pub(super) id: String,
}

#[derive(Debug)]
pub(super) enum Token {
    Open(Open),
    Close,
    Text(String),
    End,
}

/// Text of one element, and whether all of it was kept.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) oversized: bool,
}

/// The pieces of one file.
#[derive(Debug)]
pub(super) struct Tokens<R: BufRead> {
    xml: NsReader<LineCounter<R>>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Tokens<R> {
    pub(super) fn new(source: R) -> Self {
        let mut xml = NsReader::from_reader(LineCounter::new(source));
        let config = xml.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        config.check_comments = false;
        Self {
            xml,
            buffer: Vec::new(),
        }
    }

    /// Bytes of the file consumed so far.
    pub(super) fn bytes(&self) -> u64 {
        self.xml.get_ref().bytes()
    }

    /// The line reached, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.xml.get_ref().line()
    }

    pub(super) fn trimmed(&mut self, name: &str) -> Result<String, ReadError> {
        Ok(self.text(name)?.value.trim().to_owned())
    }

    /// The text up to the end of the element that has just begun; elements inside are skipped.
    pub(super) fn text(&mut self, name: &str) -> Result<Text, ReadError> {
        let mut text = Text::default();
        let mut depth = 0_u64;
        loop {
            match self.token(name)? {
                Token::Open(_) => depth = depth.saturating_add(1),
                Token::Close if depth == 0 => return Ok(text),
                Token::Close => depth = depth.saturating_sub(1),
                Token::Text(part) if depth == 0 => {
                    if text.value.len().saturating_add(part.len()) > MAX_TEXT {
                        text.oversized = true;
                    } else {
                        text.value.push_str(&part);
                    }
                }
                Token::Text(_) => {}
                Token::End => return Err(self.cut(name)),
            }
        }
    }

    pub(super) fn token(&mut self, inside: &str) -> Result<Token, ReadError> {
        loop {
            self.buffer.clear();
            match self.xml.read_resolved_event_into(&mut self.buffer) {
                Ok((resolved, Event::Start(start))) => {
                    return Ok(Token::Open(open(Space::of(&resolved), &start)));
                }
                Ok((_, Event::End(_))) => return Ok(Token::Close),
                Ok((_, Event::Text(text))) => return Ok(Token::Text(text.xml10_content().into())),
                Ok((_, Event::CData(text))) => {
                    return Ok(Token::Text(text.xml10_content().into()));
                }
                Ok((_, Event::GeneralRef(reference))) => {
                    return Ok(Token::Text(resolve(&reference)));
                }
                Ok((_, Event::Eof)) => return Ok(Token::End),
                Ok(_) => {}
                Err(quick_xml::Error::Syntax(cause)) => {
                    let what = format!("the file ends inside <{inside}>: {cause}");
                    return Err(self.error(what));
                }
                Err(cause) => {
                    let what = format!("{cause} (inside <{inside}>)");
                    return Err(self.error(what));
                }
            }
        }
    }

    pub(super) fn cut(&self, inside: &str) -> ReadError {
        self.error(format!("the file ends inside <{inside}>: it was cut off"))
    }

    pub(super) fn error(&self, what: String) -> ReadError {
        ReadError {
            line: self.line(),
            what,
        }
    }
}

fn open(space: Space, start: &BytesStart<'_>) -> Open {
    let attribute = |name: &str| {
        start
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name)
            .and_then(|attribute| {
                attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .ok()
            })
            .map(|value| value.trim().to_owned())
            .unwrap_or_default()
    };
    Open {
        space,
        name: start.local_name().as_ref().to_owned(),
        domain: attribute("domain"),
        nicename: attribute("nicename"),
        id: attribute("id"),
    }
}

/// The five names of XML and character numbers; any other name is left as it is written, because
/// the text is HTML and is read as such later.
fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let name = reference.xml10_content();
    match name.as_ref() {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => format!("&{other};"),
    }
}
