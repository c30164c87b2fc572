//! The people under an article's title.

use crate::article::{ALT_MAX, parse_url, pixels};
use crate::error::{Invalid, InvalidCode};
use crate::id::{AuthorId, UserId};
use crate::slug::Slug;
use crate::text;
use crate::time::Timestamp;
use crate::user::Email;

/// The longest name, in characters.
pub const NAME_MAX: usize = 120;
/// The longest job, in characters.
pub const TITLE_MAX: usize = 120;
/// The longest biography, in characters.
pub const BIO_MAX: usize = 2000;
/// The most links.
pub const LINKS_MAX: usize = 10;
/// The longest label of a link, in characters.
pub const LABEL_MAX: usize = 60;

/// Somebody who writes articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Its id.
    pub id: AuthorId,
    /// Unique among authors.
    pub slug: Slug,
    /// 1 to 120 characters.
    pub name: String,
    /// What readers are told besides.
    pub profile: Profile,
    /// Whose account writes under this name; no two authors have the same. Never public.
    pub user: Option<UserId>,
    /// Counts changes, from 1.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What readers are told about an author besides the name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Their job, 1 to 120 characters.
    pub title: Option<String>,
    /// 1 to 2000 characters.
    pub bio: Option<String>,
    /// A picture of them.
    pub image: Option<Portrait>,
    /// Where else they are found: at most 10, each address once.
    pub links: Vec<Link>,
}

/// A picture of an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portrait {
    /// An absolute http or https address.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// In pixels, 1 to 100,000.
    pub width: Option<i32>,
    /// In pixels, 1 to 100,000.
    pub height: Option<i32>,
}

impl Portrait {
    /// Checks a picture.
    ///
    /// # Errors
    /// At `image/…`, whichever part is wrong.
    pub fn new(
        url: &str,
        alt: Option<&str>,
        width: Option<i64>,
        height: Option<i64>,
    ) -> Result<Self, Invalid> {
        Ok(Self {
            url: parse_url("image/url", url)?,
            alt: alt
                .map(|text| text::clean_line("image/alt", text, 1, ALT_MAX))
                .transpose()?,
            width: width
                .map(|width| pixels("image/width", width))
                .transpose()?,
            height: height
                .map(|height| pixels("image/height", height))
                .transpose()?,
        })
    }
}

/// A place where an author is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// 1 to 60 characters.
    pub label: String,
    /// An absolute http or https address, or `mailto:` and one e-mail address.
    pub url: String,
}

impl Link {
    /// Checks the link at this place of the list.
    ///
    /// # Errors
    /// At `links/{place}/…`, whichever part is wrong.
    pub fn new(place: usize, label: &str, url: &str) -> Result<Self, Invalid> {
        Ok(Self {
            label: text::clean_line(&format!("links/{place}/label"), label, 1, LABEL_MAX)?,
            url: parse_link(&format!("links/{place}/url"), url)?,
        })
    }
}

/// An address to read, or one to write to. Of the latter nothing but the mailbox: what else such
/// an address can carry would be a letter in the reader's name.
fn parse_link(field: &str, text: &str) -> Result<String, Invalid> {
    match text.trim().strip_prefix("mailto:") {
        None => parse_url(field, text),
        Some(mailbox) if mailbox.contains(['?', '%', '&', '#', '/']) => Err(Invalid::new(
            field,
            InvalidCode::BadFormat,
            "mailto: takes one e-mail address and nothing else",
        )),
        Some(mailbox) => {
            let mailbox = Email::parse(mailbox).map_err(|invalid| invalid.at(field))?;
            Ok(format!("mailto:{mailbox}"))
        }
    }
}

/// Checks that there are at most 10 links, each address once.
///
/// # Errors
/// `too_many` at `links`, `duplicate` at the second of two (`links/3/url`).
pub fn check_links(links: &[Link]) -> Result<(), Invalid> {
    if links.len() > LINKS_MAX {
        let detail = format!("must have at most {LINKS_MAX} items");
        return Err(Invalid::new("links", InvalidCode::TooMany, detail));
    }
    let again = links.iter().enumerate().find(|(place, link)| {
        let mut before = links.iter().take(*place);
        before.any(|other| other.url == link.url)
    });
    match again {
        Some((place, _)) => Err(Invalid::new(
            format!("links/{place}/url"),
            InvalidCode::Duplicate,
            "is there already",
        )),
        None => Ok(()),
    }
}

/// Checks an author's name: one line of 1 to 120 characters.
///
/// # Errors
/// At `name`, as [`text::clean_line`].
pub fn parse_name(text: &str) -> Result<String, Invalid> {
    text::clean_line("name", text, 1, NAME_MAX)
}

/// Checks a job: one line of 1 to 120 characters.
///
/// # Errors
/// At `title`, as [`text::clean_line`].
pub fn parse_title(text: &str) -> Result<String, Invalid> {
    text::clean_line("title", text, 1, TITLE_MAX)
}

/// Checks a biography: 1 to 2000 characters of plain text.
///
/// # Errors
/// At `bio`, as [`text::clean_text`].
pub fn parse_bio(text: &str) -> Result<String, Invalid> {
    text::clean_text("bio", text, 1, BIO_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_page_or_to_a_mailbox() {
        for (given, stored) in [
            ("https://example.org/ada", "https://example.org/ada"),
            ("http://example.org", "http://example.org/"),
            ("mailto:Ada@Example.org", "mailto:ada@example.org"),
        ] {
            assert_eq!(
                Link::new(0, "L", given).map(|link| link.url),
                Ok(stored.to_owned())
            );
        }
        for bad in [
            "",
            "example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "mailto:",
            "mailto:ada@example.org?cc=bo@example.org",
            "mailto:ada@example.org,bo@example.org",
            "mailto:ada%0a@example.org",
            "MAILTO:ada@example.org",
            "https://ada:secret@example.org/",
            "ftp://example.org/",
        ] {
            let refused = Link::new(3, "L", bad).expect_err(bad);
            assert_eq!(refused.field, "links/3/url", "{bad}");
        }
        assert_eq!(
            Link::new(1, " ", "https://a.example").unwrap_err().field,
            "links/1/label"
        );
    }

    #[test]
    fn no_address_is_listed_twice() {
        let link = |url: &str| Link::new(0, "L", url).unwrap();
        let all: Vec<_> = (0..11)
            .map(|n| link(&format!("https://{n}.example")))
            .collect();
        assert_eq!(check_links(all.get(..10).unwrap()), Ok(()));
        assert_eq!(check_links(&all).unwrap_err().field, "links");
        let twice = [
            link("https://a.example"),
            link("https://b.example"),
            link("https://A.example/"),
        ];
        assert_eq!(check_links(&twice).unwrap_err().field, "links/2/url");
    }
}
