//! HTML as a row of tags and texts, read the way browsers read it.

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::Attribute;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::{Cell, RefCell};

/// What is handed to the tokenizer at once; the length of an unfinished tag is looked at in
/// between.
const CHUNK: usize = 4 * 1024;
/// A tag longer than this is no tag. The tokenizer compares each attribute with all before it,
/// so a tag of a megabyte would take it minutes.
const LONGEST_TAG: usize = 16 * 1024;

/// One part of a document. Comments and declarations are no part, and neither are elements
/// whose content is not text for readers (scripts, styles, titles and their like); of frames only
/// the start tag is one.
pub(super) enum Piece<'a> {
    Open {
        name: &'a str,
        attributes: &'a [Attribute],
    },
    Close(&'a str),
    Text(&'a str),
}

/// Hands every part of `html` to `handler`, in time linear in its length.
pub(super) fn tokenize(html: &str, handler: impl FnMut(Piece<'_>)) {
    let handler = RefCell::new(handler);
    let mut rest = html;
    while !rest.is_empty() {
        rest = tokenize_up_to_overlong_tag(rest, &handler);
    }
}

/// Reads on until the end or into a tag that is too long; returns what stands behind that tag.
fn tokenize_up_to_overlong_tag<'a>(
    html: &'a str,
    handler: &RefCell<impl FnMut(Piece<'_>)>,
) -> &'a str {
    let sink = Sink {
        handler,
        skipped: RefCell::new(None),
        progress: Cell::new(true),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = html;
    // Where the tag began that the tokenizer is in, if it is in one.
    let mut open = html;
    while !rest.is_empty() {
        if tokenizer.sink.progress.replace(false) {
            open = rest;
        }
        let (chunk, after) = rest.split_at(chunk_end(rest));
        queue.push_back(StrTendril::from_slice(chunk));
        let _ = tokenizer.feed(&queue);
        rest = after;
        let waiting = open.len().saturating_sub(rest.len());
        if !tokenizer.sink.progress.get() && waiting > LONGEST_TAG && begins_tag(open) {
            return rest.split_once('>').map_or("", |(_, behind)| behind);
        }
    }
    tokenizer.end();
    ""
}

/// Chunks begin at every `<`, so that it is known what an unfinished token began with.
fn chunk_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let next = bytes
        .iter()
        .skip(1)
        .take(CHUNK)
        .position(|&byte| byte == b'<')
        .map(|at| at + 1);
    next.unwrap_or_else(|| text.ceil_char_boundary(CHUNK))
}

fn begins_tag(text: &str) -> bool {
    match text.as_bytes() {
        [b'<', b'/', letter, ..] | [b'<', letter, ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}

struct Sink<'h, F> {
    handler: &'h RefCell<F>,
    /// The element whose content is being passed over.
    skipped: RefCell<Option<String>>,
    progress: Cell<bool>,
}

impl<F: FnMut(Piece<'_>)> Sink<'_, F> {
    fn emit(&self, piece: Piece<'_>) {
        if let Ok(mut handler) = self.handler.try_borrow_mut() {
            (*handler)(piece);
        }
    }
}

impl<F: FnMut(Piece<'_>)> TokenSink for Sink<'_, F> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if matches!(token, Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        self.progress.set(true);
        match token {
            Token::TagToken(tag) => {
                let mut skipped = self.skipped.borrow_mut();
                match tag.kind {
                    TagKind::EndTag if skipped.as_deref() == Some(&*tag.name) => *skipped = None,
                    _ if skipped.is_some() => {}
                    TagKind::EndTag => self.emit(Piece::Close(&tag.name)),
                    TagKind::StartTag => {
                        let unread = unread_content(&tag.name);
                        if unread.is_none() || &*tag.name == "iframe" {
                            self.emit(Piece::Open {
                                name: &tag.name,
                                attributes: &tag.attrs,
                            });
                        }
                        if let Some(kind) = unread {
                            *skipped = Some(tag.name.to_string());
                            return TokenSinkResult::RawData(kind);
                        }
                    }
                }
            }
            Token::CharacterTokens(text) if self.skipped.borrow().is_none() => {
                self.emit(Piece::Text(&text));
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Elements whose content is not read as HTML, and is not for readers either.
fn unread_content(name: &str) -> Option<RawKind> {
    match name {
        "script" => Some(RawKind::ScriptData),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "title" | "textarea" => Some(RawKind::Rcdata),
        _ => None,
    }
}
