//! Exports of Disqus (XML).
//!
//! The file is read once for its threads, which are pages, and for the ids of its posts, and then for the
//! posts. A thread belongs to the article that its address or its identifier names here; what an operator
//! knows better stands in a file of its own ([`Addresses`]).

mod reader;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::hash::BuildHasher as _;
use std::io::BufReader;
use std::path::Path;

use domain::comment::{
    AUTHOR_NAME_MAX, AuthorKind, CommentStatus, Finding, Levels, Reason, parse_author_email,
    parse_author_name,
};
use domain::id::{ArticleId, CommentId, id_at};
use domain::text::render_comment_html;
use domain::{Slug, Timestamp};
use storage::comments::{self, ImportKey, ImportedComment, NewComment};
use storage::{Error, Store};

use super::report::Report;
use super::threads::{Comments, Incoming, Place, ThreadImporter};
use super::{ReadError, Stop, words};
use crate::ids::random_bytes;
use reader::{Entry, Post, Reader, Thread};

/// The largest comment taken, in bytes.
const COMMENT_MAX_BYTES: usize = 64 * 1024;

/// Imports a file.
pub fn import(
    importer: &ThreadImporter<'_>,
    path: &Path,
    addresses: &Addresses,
    levels: Levels,
    progress: &mut dyn FnMut(u64),
) -> (Report, Result<(), Stop>) {
    match Export::open(importer, path, addresses, levels) {
        Ok(export) => importer.run(&export, progress),
        Err(stop) => (Report::default(), Err(stop)),
    }
}

/// What an operator says of pages: an address or an identifier, white space, and the slug or the id of an
/// article, on each line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses(HashMap<String, String>);

impl Addresses {
    /// Reads such lines; empty ones, and those that begin with `#`, say nothing.
    ///
    /// # Errors
    /// [`ReadError`] names the line that is none.
    pub fn parse(text: &str) -> Result<Self, ReadError> {
        let mut addresses = HashMap::new();
        for (number, line) in (1_u64..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((page, article)) = line.rsplit_once(char::is_whitespace) else {
                return Err(ReadError {
                    line: number,
                    what: "there is an address and no article behind it".to_owned(),
                });
            };
            addresses.insert(page.trim_end().to_owned(), article.to_owned());
        }
        Ok(Self(addresses))
    }
}

/// The article of a thread, or why there is none.
enum Page {
    Article(ArticleId),
    Deleted,
    Nowhere(String),
}

/// A file that was read once.
struct Export<'p> {
    path: &'p Path,
    levels: Levels,
    pages: HashMap<String, Page>,
    /// The ids of all posts, as hashes: a reply to what is not in the file begins a thread.
    posts: HashSet<u64>,
    hasher: std::hash::RandomState,
}

impl<'p> Export<'p> {
    fn open(
        importer: &ThreadImporter<'_>,
        path: &'p Path,
        addresses: &Addresses,
        levels: Levels,
    ) -> Result<Self, Stop> {
        let mut export = Self {
            path,
            levels,
            pages: HashMap::new(),
            posts: HashSet::new(),
            hasher: std::hash::RandomState::new(),
        };
        let (mut threads, mut posts) = (HashMap::new(), HashSet::new());
        export.each(&mut |_| {}, &mut |entry| {
            match entry {
                // Some exports have a thread twice, once with nothing in it.
                Entry::Thread(id, thread) if !thread.is_empty() => {
                    threads.insert(id, thread);
                }
                Entry::Thread(..) => {}
                Entry::Post(post) => {
                    posts.insert(export.hasher.hash_one(&post.id));
                }
            }
            Ok(())
        })?;
        export.posts = posts;
        for (id, thread) in threads {
            let page = page(importer.store, &thread, addresses)?;
            export.pages.insert(id, page);
        }
        Ok(export)
    }

    fn each(
        &self,
        progress: &mut dyn FnMut(u64),
        take: &mut dyn FnMut(Entry) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let file = File::open(self.path).map_err(|error| ReadError {
            line: 0,
            what: error.to_string(),
        })?;
        let mut reader = Reader::new(BufReader::new(file));
        reader.enter()?;
        while let Some(entry) = reader.next_entry()? {
            progress(reader.bytes());
            take(entry)?;
        }
        Ok(())
    }

    /// The comment of a post, unless it is left out.
    fn comment(&self, post: &Post, nth: i64, report: &mut Report) -> Option<Incoming> {
        let article = match self.article_of(post) {
            Ok(article) => article,
            Err(why) => {
                report.leave_out(&why, post.line);
                return None;
            }
        };
        let created_at = Timestamp::parse(&post.created_at).unwrap_or_else(|_| {
            let remark = "it has no time; it stands as one of 1970".to_owned();
            report.note(post.line, remark);
            Timestamp::EPOCH
        });
        let at = created_at.plus_millis(nth);
        let comment = match new_comment(post, at, self.levels) {
            Ok(comment) => comment,
            Err(why) => {
                report.leave_out(why, post.line);
                return None;
            }
        };
        Some(Incoming {
            line: post.line,
            article: Place {
                id: Some(article),
                slug: None,
                highest: 0,
            },
            comment: ImportedComment {
                key: post.key(),
                source: None,
                parent: self.parent(post, report),
                comment,
                created_at,
                kept: None,
            },
        })
    }

    /// The article of a post, or why it is left out.
    fn article_of(&self, post: &Post) -> Result<ArticleId, String> {
        match self.pages.get(&post.thread) {
            Some(Page::Article(article)) => Ok(*article),
            Some(Page::Deleted) => Err("comment in a deleted thread".to_owned()),
            Some(Page::Nowhere(link)) => Err(format!("comment on a page that is not here: {link}")),
            None => Err("comment in no thread".to_owned()),
        }
    }

    fn parent(&self, post: &Post, report: &mut Report) -> Option<ImportKey> {
        if post.parent.is_empty() {
            return None;
        }
        if !self.posts.contains(&self.hasher.hash_one(&post.parent)) || post.parent == post.id {
            let remark = "the comment it answers is not in the file; it now begins a thread";
            report.note(post.line, remark.to_owned());
            return None;
        }
        Some(key(&post.parent))
    }
}

/// What is to be stored of a post, or why it is left out.
fn new_comment(post: &Post, at: Timestamp, levels: Levels) -> Result<NewComment, &'static str> {
    if post.oversized || post.message.len() > COMMENT_MAX_BYTES {
        return Err("comment larger than 64 KiB");
    }
    let rendered = render_comment_html(&post.message);
    if rendered.html.is_empty() {
        return Err("comment without text");
    }
    let random = random_bytes::<4>().map_err(|_| "comment that got no id")?;
    Ok(NewComment {
        id: CommentId::from_raw(id_at(at, u32::from_le_bytes(random))),
        parent: None,
        author_kind: AuthorKind::Guest,
        author_name: post.author(),
        user: None,
        author_email: parse_author_email(&post.email).ok(),
        body_source: post.message.clone(),
        body_html: rendered.html,
        body_text: rendered.text,
        status: post.status(),
        finding: post.spam.then(|| Finding::of(Reason::Imported)),
        levels,
    })
}

impl Comments for Export<'_> {
    fn read(
        &self,
        report: &mut Report,
        progress: &mut dyn FnMut(u64),
        take: &mut dyn FnMut(Incoming) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        // Times are whole seconds; in the id milliseconds keep the order of the file.
        let (mut second, mut nth) = (String::new(), 0_i64);
        self.each(progress, &mut |entry| {
            let Entry::Post(post) = entry else {
                return Ok(());
            };
            nth = if post.created_at == second {
                nth.saturating_add(1).min(999)
            } else {
                second.clone_from(&post.created_at);
                0
            };
            match self.comment(&post, nth, report) {
                Some(incoming) => take(incoming),
                None => Ok(()),
            }
        })
    }
}

fn key(id: &str) -> ImportKey {
    ImportKey::Source(format!("disqus:{id}"))
}

impl Thread {
    const fn is_empty(&self) -> bool {
        self.link.is_empty() && self.identifier.is_empty() && !self.deleted
    }
}

impl Post {
    /// A post without an id is known by what it says, when and where.
    fn key(&self) -> ImportKey {
        if !self.id.is_empty() {
            return key(&self.id);
        }
        let unique = format!("{}\n{}\n{}", self.thread, self.created_at, self.message);
        key(&blake3::hash(unique.as_bytes()).to_hex())
    }

    fn author(&self) -> String {
        [&self.name, &self.username]
            .into_iter()
            .find_map(|name| parse_author_name(&words::line(name, AUTHOR_NAME_MAX).0).ok())
            .unwrap_or_else(|| "Anonymous".to_owned())
    }

    /// A deleted post that was answered keeps the place of its replies.
    const fn status(&self) -> CommentStatus {
        match (self.deleted, self.spam) {
            (_, true) => CommentStatus::Spam,
            (true, false) => CommentStatus::Deleted,
            (false, false) => CommentStatus::Published,
        }
    }
}

/// The article that a thread belongs to.
fn page(store: &Store, thread: &Thread, addresses: &Addresses) -> Result<Page, Error> {
    if thread.deleted {
        return Ok(Page::Deleted);
    }
    let said = [&thread.link, &thread.identifier]
        .into_iter()
        .find_map(|name| addresses.0.get(name));
    let names = match said {
        Some(article) => vec![article.clone()],
        None => [thread.identifier.clone(), last_segment(&thread.link)].into(),
    };
    for name in names {
        let (id, slug) = (ArticleId::parse(&name).ok(), Slug::parse(&name).ok());
        if id.is_none() && slug.is_none() {
            continue;
        }
        let found =
            store.read_blocking(move |conn| comments::article_for(conn, id, slug.as_ref()))?;
        if let Some(article) = found {
            return Ok(Page::Article(article));
        }
    }
    let name = [&thread.link, &thread.identifier]
        .into_iter()
        .find(|name| !name.is_empty());
    Ok(Page::Nowhere(
        name.map(|name| words::line(name, 200).0)
            .unwrap_or_default(),
    ))
}

/// What most addresses name their page by: `ferry` of `https://news.example/world/ferry.html?ref=1`.
fn last_segment(link: &str) -> String {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let last = path.trim_end_matches('/').rsplit('/').next();
    let last = last.unwrap_or_default();
    let bare = last.split_once('.').map_or(last, |(name, _)| name);
    bare.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_the_end_of_its_address() {
        for (link, name) in [
            ("https://news.example/world/ferry.html?ref=1#c", "ferry"),
            ("https://news.example/2011/05/ferry/", "ferry"),
            ("ferry", "ferry"),
            ("", ""),
        ] {
            assert_eq!(last_segment(link), name, "{link}");
        }
    }

    #[test]
    fn what_an_operator_says_of_pages_is_read_line_by_line() {
        let text =
            "# pages\n\nhttps://a.example/?p=1 ferry\n a page with spaces \tart_0000000000001\n";
        let Addresses(addresses) = Addresses::parse(text).unwrap();
        assert_eq!(addresses["https://a.example/?p=1"], "ferry");
        assert_eq!(addresses["a page with spaces"], "art_0000000000001");
        let error = Addresses::parse("# one\nferry\n").unwrap_err();
        assert_eq!(error.line, 2);
    }
}
