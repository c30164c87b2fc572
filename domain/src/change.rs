//! What the change log speaks of.

use crate::named::named;

named! {
    /// What kind of thing changed.
    pub enum Entity {
        /// An article, or something that belongs to one.
        Article = "article",
        /// A link that shows one revision of an article.
        PreviewLink = "preview_link",
        /// A section.
        Section = "section",
        /// An author.
        Author = "author",
        /// A tag.
        Tag = "tag",
        /// A comment.
        Comment = "comment",
        /// A rule that comments are judged by.
        CommentRule = "comment_rule",
        /// A ban of somebody who comments.
        Ban = "ban",
        /// An account.
        User = "user",
        /// A sign-in.
        Session = "session",
        /// An API key.
        ApiKey = "api_key",
        /// A key that signs access tokens. The log names it by its time.
        SigningKey = "signing_key",
        /// What holds for the whole site.
        Settings = "settings",
    }
}
