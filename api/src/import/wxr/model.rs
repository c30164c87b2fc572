//! What a WordPress export says, before anything is decided about it.

/// One complete thing read from the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
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
pub(super) struct Author {
    pub(super) line: u64,
    pub(super) login: String,
    pub(super) display_name: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
}

/// A category of the blog; `parent` is the nicename of another one, or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Category {
    pub(super) line: u64,
    pub(super) nicename: String,
    pub(super) parent: String,
    pub(super) name: String,
    pub(super) description: String,
}

/// A tag of the blog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) line: u64,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description: String,
}

/// A category or tag named by an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TermRef {
    pub(super) domain: String,
    pub(super) nicename: String,
    pub(super) name: String,
}

/// One `item` with its comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) line: u64,
    pub(super) title: String,
    pub(super) creator: String,
    pub(super) guid: String,
    pub(super) pub_date: String,
    pub(super) content: String,
    pub(super) excerpt: String,
    pub(super) post_id: String,
    pub(super) post_date: String,
    pub(super) post_date_gmt: String,
    pub(super) post_modified_gmt: String,
    pub(super) post_name: String,
    pub(super) post_type: String,
    pub(super) status: String,
    pub(super) password: String,
    pub(super) comment_status: String,
    pub(super) terms: Vec<TermRef>,
    pub(super) comments: Vec<Comment>,
    /// A text was longer than the reader keeps, so the item cannot be taken whole.
    pub(super) oversized: bool,
}

/// One `wp:comment`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comment {
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) author: String,
    pub(super) author_email: String,
    pub(super) date: String,
    pub(super) date_gmt: String,
    pub(super) content: String,
    pub(super) approved: String,
    pub(super) kind: String,
    pub(super) parent: String,
    pub(super) oversized: bool,
}
