//! The streaming reader: one entry at a time, never the whole file.

use std::io::BufRead;

use super::model::{Author, Category, Comment, Entry, Item, Tag, TermRef};
use crate::import::ReadError;
use crate::import::tokens::{Open, Space, Token, Tokens};

/// Reads a WordPress export entry by entry.
#[derive(Debug)]
pub(super) struct Reader<R: BufRead> {
    tokens: Tokens<R>,
    in_channel: bool,
    done: bool,
}

impl<R: BufRead> Reader<R> {
    /// A reader at the beginning of the file.
    pub(super) fn new(source: R) -> Self {
        Self {
            tokens: Tokens::new(source),
            in_channel: false,
            done: false,
        }
    }

    /// Bytes of the file consumed so far.
    pub(super) fn bytes(&self) -> u64 {
        self.tokens.bytes()
    }

    /// The line reached, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.tokens.line()
    }

    /// The next complete entry; `None` at the end of a whole file.
    ///
    /// # Errors
    /// [`ReadError`] names the line of mismatched tags or of a cut file. Entries returned before
    /// it are complete.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, ReadError> {
        if !self.in_channel && !self.done {
            self.enter_channel()?;
        }
        while !self.done {
            match self.tokens.token("channel")? {
                Token::Open(open) => {
                    if let Some(entry) = self.channel_child(&open)? {
                        return Ok(Some(entry));
                    }
                }
                Token::Close => self.finish()?,
                Token::Text(_) => {}
                Token::End => return Err(self.tokens.cut("channel")),
            }
        }
        Ok(None)
    }

    fn enter_channel(&mut self) -> Result<(), ReadError> {
        let mut root = false;
        loop {
            match self.tokens.token("rss")? {
                Token::Open(open) if !root && open.name == "rss" => root = true,
                Token::Open(open) if root && open.name == "channel" => {
                    self.in_channel = true;
                    return Ok(());
                }
                Token::Open(open) if root => {
                    self.tokens.text(&open.name)?;
                }
                Token::Text(_) => {}
                Token::Open(_) | Token::Close | Token::End => {
                    return Err(self.tokens.error(
                        "this is not a WordPress export: it has no <rss> with a <channel>".into(),
                    ));
                }
            }
        }
    }

    /// After the channel only the end of the root may come: a file cut there is still cut.
    fn finish(&mut self) -> Result<(), ReadError> {
        loop {
            match self.tokens.token("rss")? {
                Token::Open(open) => {
                    self.tokens.text(&open.name)?;
                }
                Token::Close => {
                    self.done = true;
                    return Ok(());
                }
                Token::Text(_) => {}
                Token::End => return Err(self.tokens.cut("rss")),
            }
        }
    }

    fn channel_child(&mut self, open: &Open) -> Result<Option<Entry>, ReadError> {
        let line = self.line();
        Ok(match (open.space, open.name.as_str()) {
            (Space::Rss, "item") => Some(Entry::Item(Box::new(self.item(line)?))),
            (Space::Rss, "language") => Some(Entry::Language(self.tokens.trimmed(&open.name)?)),
            (Space::Rss, "link") => Some(Entry::Link(self.tokens.trimmed(&open.name)?)),
            (Space::Wp, "base_blog_url") => Some(Entry::Blog(self.tokens.trimmed(&open.name)?)),
            (Space::Wp, "author") => Some(Entry::Author(self.author(line)?)),
            (Space::Wp, "category") => Some(Entry::Category(self.category(line)?)),
            (Space::Wp, "tag") => Some(Entry::Tag(self.tag(line)?)),
            (Space::Wp, "term") => self.term(line)?,
            _ => {
                self.tokens.text(&open.name)?;
                None
            }
        })
    }

    fn author(&mut self, line: u64) -> Result<Author, ReadError> {
        let mut author = Author {
            line,
            ..Author::default()
        };
        self.fields("author", |reader, open| {
            let text = reader.tokens.trimmed(&open.name)?;
            match open.name.as_str() {
                "author_login" => author.login = text,
                "author_display_name" => author.display_name = text,
                "author_first_name" => author.first_name = text,
                "author_last_name" => author.last_name = text,
                _ => {}
            }
            Ok(())
        })?;
        Ok(author)
    }

    fn category(&mut self, line: u64) -> Result<Category, ReadError> {
        let mut category = Category {
            line,
            ..Category::default()
        };
        self.fields("category", |reader, open| {
            let text = reader.tokens.trimmed(&open.name)?;
            match open.name.as_str() {
                "category_nicename" => category.nicename = text,
                "category_parent" => category.parent = text,
                "cat_name" => category.name = text,
                "category_description" => category.description = text,
                _ => {}
            }
            Ok(())
        })?;
        Ok(category)
    }

    fn tag(&mut self, line: u64) -> Result<Tag, ReadError> {
        let mut tag = Tag {
            line,
            ..Tag::default()
        };
        self.fields("tag", |reader, open| {
            let text = reader.tokens.trimmed(&open.name)?;
            match open.name.as_str() {
                "tag_slug" => tag.slug = text,
                "tag_name" => tag.name = text,
                "tag_description" => tag.description = text,
                _ => {}
            }
            Ok(())
        })?;
        Ok(tag)
    }

    /// A term of another taxonomy (menus, formats) is nothing a newspaper knows.
    fn term(&mut self, line: u64) -> Result<Option<Entry>, ReadError> {
        let mut term = Category {
            line,
            ..Category::default()
        };
        let mut taxonomy = String::new();
        self.fields("term", |reader, open| {
            let text = reader.tokens.trimmed(&open.name)?;
            match open.name.as_str() {
                "term_taxonomy" => taxonomy = text,
                "term_slug" => term.nicename = text,
                "term_parent" => term.parent = text,
                "term_name" => term.name = text,
                "term_description" => term.description = text,
                _ => {}
            }
            Ok(())
        })?;
        Ok(match taxonomy.as_str() {
            "category" => Some(Entry::Category(term)),
            "post_tag" => Some(Entry::Tag(Tag {
                line,
                slug: term.nicename,
                name: term.name,
                description: term.description,
            })),
            _ => None,
        })
    }

    fn item(&mut self, line: u64) -> Result<Item, ReadError> {
        let mut item = Item {
            line,
            ..Item::default()
        };
        self.fields("item", |reader, open| {
            match (open.space, open.name.as_str()) {
                (Space::Rss, "category") => {
                    let name = reader.tokens.trimmed(&open.name)?;
                    item.terms.push(TermRef {
                        domain: open.domain.clone(),
                        nicename: open.nicename.clone(),
                        name,
                    });
                    Ok(())
                }
                (Space::Wp, "comment") => {
                    let line = reader.line();
                    item.comments.push(reader.comment(line)?);
                    Ok(())
                }
                _ => {
                    let text = reader.tokens.text(&open.name)?;
                    item.oversized |= text.oversized;
                    set_item_field(&mut item, open, text.value);
                    Ok(())
                }
            }
        })?;
        Ok(item)
    }

    fn comment(&mut self, line: u64) -> Result<Comment, ReadError> {
        let mut comment = Comment {
            line,
            ..Comment::default()
        };
        self.fields("comment", |reader, open| {
            let text = reader.tokens.text(&open.name)?;
            comment.oversized |= text.oversized;
            let trimmed = || text.value.trim().to_owned();
            match open.name.as_str() {
                "comment_id" => comment.id = trimmed(),
                "comment_author" => comment.author = trimmed(),
                "comment_author_email" => comment.author_email = trimmed(),
                "comment_date" => comment.date = trimmed(),
                "comment_date_gmt" => comment.date_gmt = trimmed(),
                "comment_approved" => comment.approved = trimmed(),
                "comment_type" => comment.kind = trimmed(),
                "comment_parent" => comment.parent = trimmed(),
                "comment_content" => comment.content = text.value,
                _ => {}
            }
            Ok(())
        })?;
        Ok(comment)
    }

    /// Calls `each` for every child element of the element that has just begun.
    fn fields(
        &mut self,
        parent: &str,
        mut each: impl FnMut(&mut Self, &Open) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        loop {
            match self.tokens.token(parent)? {
                Token::Open(open) => each(self, &open)?,
                Token::Close => return Ok(()),
                Token::Text(_) => {}
                Token::End => return Err(self.tokens.cut(parent)),
            }
        }
    }
}

fn set_item_field(item: &mut Item, open: &Open, value: String) {
    let trimmed = || value.trim().to_owned();
    match (open.space, open.name.as_str()) {
        (Space::Rss, "title") => item.title = trimmed(),
        (Space::Rss, "guid") => item.guid = trimmed(),
        (Space::Rss, "pubDate") => item.pub_date = trimmed(),
        (Space::Dc, "creator") => item.creator = trimmed(),
        (Space::Content, "encoded") => item.content = value,
        (Space::Excerpt, "encoded") => item.excerpt = value,
        (Space::Wp, "post_id") => item.post_id = trimmed(),
        (Space::Wp, "post_date") => item.post_date = trimmed(),
        (Space::Wp, "post_date_gmt") => item.post_date_gmt = trimmed(),
        (Space::Wp, "post_modified_gmt") => item.post_modified_gmt = trimmed(),
        (Space::Wp, "post_name") => item.post_name = trimmed(),
        (Space::Wp, "post_type") => item.post_type = trimmed(),
        (Space::Wp, "status") => item.status = trimmed(),
        (Space::Wp, "post_password") => item.password = trimmed(),
        (Space::Wp, "comment_status") => item.comment_status = trimmed(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrap(namespace: &str, inside: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<rss xmlns:wp=\"{namespace}\" \
             xmlns:excerpt=\"{namespace}excerpt/\" \
             xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n{inside}\n</channel>\n</rss>\n"
        )
    }

    fn read(source: &str) -> (Vec<Entry>, Option<ReadError>) {
        let mut reader = Reader::new(source.as_bytes());
        let mut entries = Vec::new();
        loop {
            match reader.next_entry() {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) => return (entries, None),
                Err(error) => return (entries, Some(error)),
            }
        }
    }

    const ITEM: &str = "<item><title>Tide &amp; time &#169; &nbsp;</title>\
        <dc:creator><![CDATA[ines]]></dc:creator><guid isPermaLink=\"false\">g-1</guid>\
        <content:encoded><![CDATA[One ]]]]><![CDATA[> two]]></content:encoded>\
        <excerpt:encoded>short</excerpt:encoded><wp:post_id>7</wp:post_id>\
        <wp:post_type>post</wp:post_type><wp:post_password/>\
        <category domain=\"category\" nicename=\"harbour\"><![CDATA[Harbour]]></category>\
        <wp:postmeta><wp:meta_key>k</wp:meta_key><wp:meta_value>v</wp:meta_value></wp:postmeta>\
        <wp:comment><wp:comment_id>3</wp:comment_id><wp:comment_author_email> a@b.example \
        </wp:comment_author_email><wp:comment_parent>0</wp:comment_parent></wp:comment></item>";

    #[test]
    fn reads_every_spelling_of_the_namespace() {
        for namespace in [
            "http://wordpress.org/export/1.0/",
            "http://wordpress.org/export/1.1/",
            "https://wordpress.org/export/1.2/",
        ] {
            let (entries, error) = read(&wrap(namespace, ITEM));
            assert_eq!(error, None, "{namespace}");
            let [Entry::Item(item)] = entries.as_slice() else {
                panic!("{entries:?}")
            };
            assert_eq!(item.title, "Tide & time © &nbsp;");
            assert_eq!(item.creator, "ines");
            assert_eq!(item.content, "One ]]> two");
            assert_eq!(item.excerpt, "short");
            assert_eq!(item.post_id, "7");
            assert_eq!(item.post_type, "post");
            assert_eq!(item.terms[0].nicename, "harbour");
            assert_eq!(item.comments[0].author_email, "a@b.example");
        }
    }

    #[test]
    fn reads_terms_in_both_forms() {
        let inside = "<wp:base_blog_url>https://blog.example</wp:base_blog_url>\
            <wp:author><wp:author_login>ines</wp:author_login></wp:author>\
            <wp:category><wp:category_nicename>a</wp:category_nicename><wp:category_parent/>\
            <wp:cat_name>A</wp:cat_name></wp:category>\
            <wp:term><wp:term_taxonomy>nav_menu</wp:term_taxonomy></wp:term>\
            <wp:term><wp:term_taxonomy>post_tag</wp:term_taxonomy><wp:term_slug>t</wp:term_slug>\
            </wp:term><wp:tag><wp:tag_slug>u</wp:tag_slug></wp:tag>";
        let (entries, error) = read(&wrap("https://wordpress.org/export/1.2/", inside));
        assert_eq!(error, None);
        assert_eq!(entries.len(), 5);
        assert_eq!(entries[0], Entry::Blog("https://blog.example".into()));
        assert!(matches!(&entries[3], Entry::Tag(tag) if tag.slug == "t"));
    }

    #[test]
    fn a_stray_section_end_in_text_is_text() {
        let inside = "<item><title>a ]]> b</title><content:encoded>x ]]> y & z</content:encoded>\
                      </item>";
        let (entries, error) = read(&wrap("http://wordpress.org/export/1.2/", inside));
        assert_eq!(error, None);
        let [Entry::Item(item)] = entries.as_slice() else {
            panic!("{entries:?}")
        };
        assert_eq!(item.title, "a ]]> b");
        assert_eq!(item.content, "x ]]> y & z");
    }

    #[test]
    fn mismatched_tags_name_their_line_and_keep_what_came_before() {
        let inside = format!("{ITEM}\n<item>\n<title>bad</item>\n");
        let (entries, error) = read(&wrap("http://wordpress.org/export/1.2/", &inside));
        assert_eq!(entries.len(), 1);
        let error = error.expect("mismatch");
        assert_eq!(error.line, 6);
        assert!(error.what.contains("</title>"), "{}", error.what);
    }

    #[test]
    fn every_cut_is_noticed_and_never_past_the_end() {
        let whole = wrap(
            "http://wordpress.org/export/1.2/",
            &format!("{ITEM}\n{ITEM}"),
        );
        let lines = u64::try_from(whole.lines().count()).unwrap();
        let end = whole.trim_end().len();
        for cut in 0..end {
            let Some(part) = whole.get(..cut) else {
                continue;
            };
            let (entries, error) = read(part);
            let error = error.unwrap_or_else(|| panic!("cut at {cut} went unnoticed"));
            assert!(error.line <= lines);
            assert!(entries.len() <= 2);
        }
        assert_eq!(read(&whole).1, None);
    }

    #[test]
    fn another_kind_of_file_is_refused() {
        for source in [
            "",
            "hello",
            "<html><body/></html>",
            "<rss></rss>",
            "{\"a\": 1}",
        ] {
            let (_, error) = read(source);
            assert!(error.is_some(), "{source}");
        }
    }
}
