//! Pages of a website, as text or as saved HTML: each becomes an article.

mod apply;
mod frame;
mod html;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::article::{self, LeadImage, Source};
use domain::text::blocks::Block;
use domain::text::{Readings, Rendered};
use domain::{Actor, Language, SystemActor, Timestamp};
use storage::{Error, Imported, Store};

use self::apply::{Planned, apply};
use super::words;
use crate::clock::Clock;
use crate::ids::Ids;

/// The largest page, in bytes.
const PAGE_BYTES: u64 = 16 * 1024 * 1024;
/// What files of a folder are taken for pages.
const EXTENSIONS: [&str; 4] = ["html", "htm", "xhtml", "txt"];

/// What a page shows.
#[derive(Debug, Clone, Default, PartialEq)]
struct Page {
    title: String,
    section: Option<String>,
    /// The way down to it, without home and itself.
    trail: Vec<String>,
    views: Option<i64>,
    comments: Option<i64>,
    published_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    author: Option<String>,
    summary: Option<String>,
    lead_image: Option<LeadImage>,
    language: Option<Language>,
    /// Where it says it is.
    address: Option<String>,
    blocks: Vec<Block>,
}

/// Brings pages in.
pub struct PageImporter<'a> {
    /// Where to.
    pub store: &'a Store,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// Where ids come from.
    pub ids: Arc<Ids>,
    /// The section of every page, by its slug, its id or its name; what the page says without it.
    pub section: Option<String>,
    /// What becomes of the readings in a text.
    pub readings: Readings,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The file.
    pub file: PathBuf,
    /// What it holds and what was done with it, or why it was left out.
    pub outcome: Result<Taken, String>,
}

/// A page that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// What was done; nothing in a dry run.
    pub imported: Option<Imported>,
    /// The slug of the article; in a dry run the one that is asked for.
    pub slug: String,
    /// The headline.
    pub title: String,
    /// The name of the section.
    pub section: String,
    /// The way down to the page.
    pub trail: Vec<String>,
    /// Its language.
    pub language: String,
    /// How often it was read, where it says so.
    pub views: Option<i64>,
    /// How many comments it says it has. They are not imported.
    pub comments: Option<i64>,
    /// When it was published, where it says so.
    pub published_at: Option<Timestamp>,
    /// Whether there is a picture above it.
    pub lead_image: Option<String>,
    /// Blocks, headings, images and readings of the text.
    pub counts: [usize; 4],
    /// Words.
    pub words: i32,
    /// How it begins.
    pub excerpt: Option<String>,
}

/// The pages of a path: of a folder those directly in it, by name.
///
/// # Errors
/// When it cannot be read.
pub fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        fs::File::open(path)?;
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        let extension = file.extension().and_then(|text| text.to_str());
        let known = extension.is_some_and(|own| {
            EXTENSIONS
                .iter()
                .any(|known| own.eq_ignore_ascii_case(known))
        });
        if known && file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

impl PageImporter<'_> {
    /// Takes one page, in a transaction of its own. The same page again changes nothing; one that
    /// has changed brings its article up to date, unless an editor changed that here.
    ///
    /// # Errors
    /// When the database does not take it. What is wrong with the page is an outcome.
    pub fn import(&self, file: &Path) -> Result<Done, Error> {
        let outcome = match self.plan(file) {
            Ok(planned) => Ok(self.write(planned)?),
            Err(why) => Err(why),
        };
        Ok(Done {
            file: file.to_owned(),
            outcome,
        })
    }

    fn plan(&self, file: &Path) -> Result<Planned, String> {
        let text = read_text(file)?;
        let is_html = text.trim_start().starts_with('<');
        let page = if is_html {
            html::read(&text)?
        } else {
            text::read(&text)?
        };
        self.planned(page, file)
    }

    fn planned(&self, page: Page, file: &Path) -> Result<Planned, String> {
        let detail = |invalid: domain::Invalid| invalid.to_string();
        let body = Source::of_blocks(page.blocks.clone(), self.readings).map_err(detail)?;
        let (title, _) = words::line(&page.title, article::TITLE_MAX);
        let title = article::parse_title(&body.line(title)).map_err(detail)?;
        let summary = page
            .summary
            .as_deref()
            .map(|text| words::text(text, article::SUMMARY_MAX).0);
        let summary = summary.and_then(|text| article::parse_summary(&body.line(text)).ok());
        let section = self.section.clone().or_else(|| page.section.clone());
        let section = section.or_else(|| page.trail.last().cloned());
        let section = section.ok_or("it names no section; give one with --section")?;
        let language = page.language.clone().or_else(|| body.language(&title));
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let key = page
            .address
            .clone()
            .unwrap_or_else(|| format!("{name}\n{title}"));
        Ok(Planned {
            source: format!("page:{}", blake3::hash(key.as_bytes()).to_hex()),
            rendered: body.render(),
            language: language.unwrap_or_else(Language::english),
            title,
            summary,
            section,
            named: self.section.is_some(),
            body,
            page,
        })
    }

    fn write(&self, planned: Planned) -> Result<Taken, Error> {
        let taken = planned.taken()?;
        if self.dry_run {
            return Ok(taken);
        }
        let (now, ids) = (self.clock.now(), Arc::clone(&self.ids));
        let actor = Actor::System(SystemActor::Import);
        let planned = Arc::new(planned);
        let written = self
            .store
            .write_blocking(actor, now, move |tx| apply(tx, &planned, &ids))?;
        Ok(Taken {
            imported: Some(written.imported),
            slug: written.slug,
            section: written.section,
            ..taken
        })
    }
}

fn read_text(file: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let length = fs::metadata(file).map_err(unreadable)?.len();
    if length > PAGE_BYTES {
        return Err(format!(
            "it has {length} bytes, and a page at most {PAGE_BYTES}"
        ));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    let text =
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8; save it as that".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    Ok(words::without_controls(text))
}

impl Planned {
    fn taken(&self) -> Result<Taken, Error> {
        let Rendered {
            blocks,
            outline,
            html,
            word_count,
            excerpt,
            ..
        } = &self.rendered;
        Ok(Taken {
            imported: None,
            slug: self.slug()?.into_string(),
            title: self.title.clone(),
            section: self.section.clone(),
            trail: self.page.trail.clone(),
            language: self.language.to_string(),
            views: self.page.views,
            comments: self.page.comments,
            published_at: self.page.published_at,
            lead_image: self.page.lead_image.as_ref().map(|image| image.url.clone()),
            counts: [
                blocks.len(),
                outline.headings.len(),
                outline.images.len(),
                html.matches("<ruby>").count(),
            ],
            words: *word_count,
            excerpt: excerpt.clone(),
        })
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, text: &str| writeln!(f, "  {name:<10} {text}");
        line("title", &self.title)?;
        line("slug", &self.slug)?;
        line("section", &self.section)?;
        if !self.trail.is_empty() {
            line("trail", &self.trail.join(" › "))?;
        }
        line("language", &self.language)?;
        if let Some(at) = self.published_at {
            line("published", &at.to_string())?;
        }
        if let Some(views) = self.views {
            line("views", &views.to_string())?;
        }
        if let Some(comments) = self.comments {
            line("comments", &format!("{comments}, not imported"))?;
        }
        if let Some(image) = &self.lead_image {
            line("image", image)?;
        }
        let [blocks, headings, images, readings] = self.counts;
        let text = format!(
            "{} words in {blocks} blocks: {headings} headings, {images} images, {readings} readings",
            self.words
        );
        line("text", &text)?;
        line("begins", self.excerpt.as_deref().unwrap_or_default())
    }
}
