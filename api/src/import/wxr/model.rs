//! What a WordPress export says, before anything is decided about it.

/// One complete thing read from the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The address of the blog, which makes its post numbers unique.
    Blog(String),
    /// The address of the channel: the blog's, where the file does not name that.
    Link(String),
    /// The language of the channel, as written.
    Language(String),
    /// `wp:author`.
    Author(Author),
    /// `wp:category`, or a `wp:term` of that taxonomy.
    Category(Category),
    /// `wp:tag`, or a `wp:term` of that taxonomy.
    Tag(Tag),
    /// `item`: a post, page, attachment, menu item…
    Item(Box<Item>),
}

/// A person who writes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    pub line: u64,
    pub login: String,
    pub display_name: String,
    pub first_name: String,
    pub last_name: String,
}

/// A category of the blog; `parent` is the nicename of another one, or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Category {
    pub line: u64,
    pub nicename: String,
    pub parent: String,
    pub name: String,
    pub description: String,
}

/// A tag of the blog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tag {
    pub line: u64,
    pub slug: String,
    pub name: String,
    pub description: String,
}

/// A category or tag named by an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermRef {
    pub domain: String,
    pub nicename: String,
    pub name: String,
}

/// One `item` with its comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    pub line: u64,
    pub title: String,
    pub creator: String,
    pub guid: String,
    pub pub_date: String,
    pub content: String,
    pub excerpt: String,
    pub post_id: String,
    pub post_date: String,
    pub post_date_gmt: String,
    pub post_modified_gmt: String,
    pub post_name: String,
    pub post_type: String,
    pub status: String,
    pub password: String,
    pub comment_status: String,
    pub terms: Vec<TermRef>,
    pub comments: Vec<Comment>,
    /// A text was longer than the reader keeps, so the item cannot be taken whole.
    pub oversized: bool,
}

/// One `wp:comment`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comment {
    pub line: u64,
    pub id: String,
    pub author: String,
    pub author_email: String,
    pub date: String,
    pub date_gmt: String,
    pub content: String,
    pub approved: String,
    pub kind: String,
    pub parent: String,
    pub oversized: bool,
}
