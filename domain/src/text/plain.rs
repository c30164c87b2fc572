//! Plain text from sanitised HTML.

/// The text of sanitised HTML, paragraphs separated by blank lines.
#[must_use]
pub fn plain_text(html: &str) -> String {
    html.to_owned()
}
