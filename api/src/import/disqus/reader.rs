//! The streaming reader: one thread or post at a time, never the whole file.

use std::io::BufRead;

use crate::import::tokens::{Open, Token, Tokens};
use crate::import::{ReadError, words};

/// A page of the export.
#[derive(Debug, Default)]
pub(super) struct Thread {
    pub(super) identifier: String,
    pub(super) link: String,
    pub(super) deleted: bool,
}

/// A comment of the export.
#[derive(Debug, Default)]
pub(super) struct Post {
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) thread: String,
    pub(super) parent: String,
    pub(super) message: String,
    pub(super) oversized: bool,
    pub(super) created_at: String,
    pub(super) deleted: bool,
    pub(super) spam: bool,
    pub(super) name: String,
    pub(super) username: String,
    pub(super) email: String,
}

/// What the file has of one or the other.
pub(super) enum Entry {
    Thread(String, Thread),
    Post(Box<Post>),
}

/// Reads threads and posts, and passes over everything else.
pub(super) struct Reader<R: BufRead>(Tokens<R>);

impl<R: BufRead> Reader<R> {
    /// A reader at the beginning of a file.
    pub(super) fn new(source: R) -> Self {
        Self(Tokens::new(source))
    }

    /// Bytes of the file consumed so far.
    pub(super) fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    /// Goes to the first element inside the root.
    pub(super) fn enter(&mut self) -> Result<(), ReadError> {
        loop {
            match self.0.token("disqus")? {
                Token::Open(open) if open.name == "disqus" => return Ok(()),
                Token::Text(_) => {}
                Token::Open(_) | Token::Close | Token::End => {
                    let what = "this is not an export of Disqus: it has no <disqus>";
                    return Err(self.0.error(what.to_owned()));
                }
            }
        }
    }

    /// The next thread or post; `None` at the end of a whole file.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, ReadError> {
        loop {
            match self.0.token("disqus")? {
                Token::Open(open) => match open.name.as_str() {
                    "thread" => return Ok(Some(Entry::Thread(open.id.clone(), self.thread()?))),
                    "post" => return Ok(Some(Entry::Post(Box::new(self.post(open.id)?)))),
                    other => {
                        let other = other.to_owned();
                        self.0.text(&other)?;
                    }
                },
                Token::Close => return Ok(None),
                Token::Text(_) => {}
                Token::End => return Err(self.0.cut("disqus")),
            }
        }
    }

    fn thread(&mut self) -> Result<Thread, ReadError> {
        let mut thread = Thread::default();
        self.fields("thread", |reader, open| {
            match open.name.as_str() {
                "id" => thread.identifier = reader.0.trimmed("id")?,
                "link" => thread.link = reader.0.trimmed("link")?,
                "isDeleted" => thread.deleted = reader.flag("isDeleted")?,
                other => {
                    reader.0.text(other)?;
                }
            }
            Ok(())
        })?;
        Ok(thread)
    }

    fn post(&mut self, id: String) -> Result<Post, ReadError> {
        let mut post = Post {
            line: self.0.line(),
            id,
            ..Post::default()
        };
        self.fields("post", |reader, open| {
            match open.name.as_str() {
                "message" => {
                    let text = reader.0.text("message")?;
                    let message = words::without_controls(&text.value);
                    message.trim().clone_into(&mut post.message);
                    post.oversized = text.oversized;
                }
                "createdAt" => post.created_at = reader.0.trimmed("createdAt")?,
                "isDeleted" => post.deleted = reader.flag("isDeleted")?,
                "isSpam" => post.spam = reader.flag("isSpam")?,
                "thread" => {
                    post.thread.clone_from(&open.id);
                    reader.0.text("thread")?;
                }
                "parent" => {
                    post.parent.clone_from(&open.id);
                    reader.0.text("parent")?;
                }
                "author" => reader.author(&mut post)?,
                other => {
                    reader.0.text(other)?;
                }
            }
            Ok(())
        })?;
        Ok(post)
    }

    fn author(&mut self, post: &mut Post) -> Result<(), ReadError> {
        self.fields("author", |reader, open| {
            let text = reader.0.trimmed(&open.name)?;
            match open.name.as_str() {
                "name" => post.name = text,
                "username" => post.username = text,
                "email" => post.email = text,
                _ => {}
            }
            Ok(())
        })
    }

    fn flag(&mut self, name: &str) -> Result<bool, ReadError> {
        Ok(self.0.trimmed(name)? == "true")
    }

    /// Hands over each element up to the end of the one that has just begun.
    fn fields(
        &mut self,
        name: &str,
        mut field: impl FnMut(&mut Self, &Open) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        loop {
            match self.0.token(name)? {
                Token::Open(open) => field(self, &open)?,
                Token::Close => return Ok(()),
                Token::Text(_) => {}
                Token::End => return Err(self.0.cut(name)),
            }
        }
    }
}
