//! Comments that `broadsheet export comments` wrote.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use domain::comment::{AUTHOR_NAME_MAX, AuthorKind, Levels};
use domain::id::ArticleId;
use domain::text::{clean_line, render_comment_html};
use serde::de::DeserializeOwned;
use storage::comments::{Case, ImportKey, ImportedComment, Kept, NewComment};

use super::report::Report;
use super::threads::{Comments, Incoming, Place, ThreadImporter};
use super::{ReadError, Stop, words};
use crate::comment_file::{Header, Line, Parsed};

/// The longest line, in bytes: a comment has 5,000 characters, but a hundred thousand may have voted.
const LINE_MAX: u64 = 64 * 1024 * 1024;

/// The longest name of somebody who decided, in characters.
const ACTOR_MAX: usize = 60;

/// Imports a file. It is read once before anything is written, so a broken one changes nothing.
pub fn import(
    importer: &ThreadImporter<'_>,
    path: &Path,
    levels: Levels,
    progress: &mut dyn FnMut(u64),
) -> (Report, Result<(), Stop>) {
    match CommentLines::open(path, levels) {
        Ok(lines) => importer.run(&lines, progress),
        Err(stop) => (Report::default(), Err(stop)),
    }
}

/// A file of ours, whole and sound.
struct CommentLines<'p> {
    path: &'p Path,
    levels: Levels,
    /// The highest number of a comment of each article.
    highest: HashMap<ArticleId, i64>,
}

impl<'p> CommentLines<'p> {
    fn open(path: &'p Path, levels: Levels) -> Result<Self, Stop> {
        let mut lines = Self {
            path,
            levels,
            highest: HashMap::new(),
        };
        let mut highest: HashMap<ArticleId, i64> = HashMap::new();
        lines.each(&mut |_| {}, &mut |_, parsed| {
            let number = highest.entry(parsed.article).or_default();
            *number = parsed.ordinal.max(*number);
            Ok(())
        })?;
        lines.highest = highest;
        Ok(lines)
    }

    fn each(
        &self,
        progress: &mut dyn FnMut(u64),
        take: &mut dyn FnMut(u64, Parsed) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let unreadable = |number: u64| move |error: std::io::Error| fault(number, &error);
        let file = File::open(self.path).map_err(unreadable(0))?;
        let mut file = BufReader::new(file);
        let (mut number, mut bytes, mut text) = (0_u64, 0_u64, Vec::new());
        loop {
            text.clear();
            number = number.saturating_add(1);
            let mut line = (&mut file).take(LINE_MAX);
            let read = line
                .read_until(b'\n', &mut text)
                .map_err(unreadable(number))?;
            if read == 0 && number > 1 {
                return Ok(());
            }
            bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            progress(bytes);
            if number == 1 {
                let header: Header = json(number, &text)?;
                if let Some(fault) = header.fault() {
                    return Err(self::fault(number, &fault).into());
                }
                continue;
            }
            let line: Line = json(number, &text)?;
            let parsed = line.parse().map_err(|invalid| {
                fault(number, &format!("{}: {}", invalid.field, invalid.detail))
            })?;
            if !(1..1 << 31).contains(&parsed.ordinal) {
                return Err(fault(number, "ordinal: is none").into());
            }
            take(number, parsed)?;
        }
    }
}

fn json<T: DeserializeOwned>(line: u64, text: &[u8]) -> Result<T, ReadError> {
    serde_json::from_slice(text).map_err(|error| fault(line, &error))
}

fn fault(line: u64, what: &(impl ToString + ?Sized)) -> ReadError {
    ReadError {
        line,
        what: what.to_string(),
    }
}

impl Comments for CommentLines<'_> {
    fn read(
        &self,
        _: &mut Report,
        progress: &mut dyn FnMut(u64),
        take: &mut dyn FnMut(Incoming) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.each(progress, &mut |line, parsed| {
            let article = Place {
                id: Some(parsed.article),
                slug: parsed.slug.clone(),
                highest: self
                    .highest
                    .get(&parsed.article)
                    .copied()
                    .unwrap_or_default(),
            };
            take(Incoming {
                line,
                article,
                comment: imported(parsed, self.levels),
            })
        })
    }
}

/// The text is sanitised anew, and the name is what a name may be: anybody may have written the file.
fn imported(parsed: Parsed, levels: Levels) -> ImportedComment {
    let rendered = render_comment_html(&parsed.html);
    let author_name = match parsed.author_kind {
        AuthorKind::Deleted => String::new(),
        AuthorKind::Guest | AuthorKind::Member | AuthorKind::Staff => {
            clean_line("author_name", &parsed.author_name, 1, AUTHOR_NAME_MAX)
                .unwrap_or_else(|_| "Anonymous".to_owned())
        }
    };
    ImportedComment {
        key: ImportKey::Id(parsed.id),
        source: parsed.imported_as,
        parent: parsed.parent.map(ImportKey::Id),
        comment: NewComment {
            id: parsed.id,
            parent: None,
            author_kind: parsed.author_kind,
            author_name,
            user: parsed.user,
            author_email: parsed.email,
            body_source: words::without_controls(&parsed.source),
            body_html: rendered.html,
            body_text: rendered.text,
            status: parsed.status,
            finding: None,
            levels,
        },
        created_at: parsed.created_at,
        kept: Some(Kept {
            ordinal: parsed.ordinal,
            edited_at: parsed.edited_at,
            votes: parsed.votes,
            voters: parsed.voters,
            pinned: parsed.pinned,
            featured: parsed.featured,
            case: parsed.case.map(|case| Case {
                decided_by: case
                    .decided_by
                    .and_then(|by| clean_line("decided_by", &by, 1, ACTOR_MAX).ok()),
                ..case
            }),
        }),
    }
}
