//! The files of the demo newspaper, as they are written.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use storage::Error;

const NEWSPAPER: &str = include_str!("../../demo/newspaper.toml");
const COMMENTS: &str = include_str!("../../demo/comments.toml");
const ARTICLES: [&str; 12] = [
    include_str!("../../demo/articles/electric-ferry.md"),
    include_str!("../../demo/articles/shequ-shitang.md"),
    include_str!("../../demo/articles/tram-timetable.md"),
    include_str!("../../demo/articles/shuzi-yuqun.md"),
    include_str!("../../demo/articles/eelgrass.md"),
    include_str!("../../demo/articles/rent-register.md"),
    include_str!("../../demo/articles/lao-dengta.md"),
    include_str!("../../demo/articles/coral-nursery.md"),
    include_str!("../../demo/articles/tide-clock.md"),
    include_str!("../../demo/articles/night-bakery.md"),
    include_str!("../../demo/articles/tushuguan.md"),
    include_str!("../../demo/articles/night-market.md"),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Newspaper {
    pub(super) sections: Vec<SectionLine>,
    pub(super) authors: Vec<AuthorLine>,
    pub(super) tags: Vec<TagLine>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionLine {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) parent: Option<String>,
    pub(super) description: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorLine {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) bio: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagLine {
    pub(super) slug: String,
    pub(super) name: String,
}

/// The front matter of an article, and its body in Markdown.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArticleFile {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) summary: String,
    #[serde(default = "english")]
    pub(super) language: String,
    pub(super) section: String,
    pub(super) authors: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) hours_ago: i64,
    pub(super) lead_image: Image,
    #[serde(skip)]
    pub(super) body: String,
}

fn english() -> String {
    "en".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Image {
    pub(super) url: String,
    pub(super) alt: String,
    pub(super) caption: Option<String>,
    pub(super) width: i64,
    pub(super) height: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comments {
    comments: Vec<Comment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Comment {
    pub(super) article: String,
    /// What later comments answer it by.
    #[serde(rename = "ref")]
    pub(super) name_here: String,
    pub(super) to: Option<String>,
    pub(super) name: String,
    pub(super) minutes_after: i64,
    pub(super) body: String,
}

pub(super) fn newspaper() -> Result<Newspaper, Error> {
    parse("newspaper.toml", NEWSPAPER)
}

pub(super) fn comments() -> Result<Vec<Comment>, Error> {
    Ok(parse::<Comments>("comments.toml", COMMENTS)?.comments)
}

pub(super) fn articles() -> Result<Vec<ArticleFile>, Error> {
    ARTICLES.iter().map(|file| article(file)).collect()
}

fn article(file: &str) -> Result<ArticleFile, Error> {
    let broken = || Error::Internal("a demo article lacks its front matter".to_owned());
    let rest = file.strip_prefix("+++\n").ok_or_else(broken)?;
    let (front, body) = rest.split_once("\n+++\n").ok_or_else(broken)?;
    let mut article: ArticleFile = parse("a demo article", front)?;
    body.trim().clone_into(&mut article.body);
    Ok(article)
}

fn parse<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|error| Error::Internal(format!("{name}: {error}")))
}
