//! Databases of their own, and a little newspaper to put into them.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

#[path = "../../../tests/src/postgres/launch.rs"]
mod launch;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use domain::article::{ArticleContent, Schedule, Source};
use domain::comment::{AuthorKind, CommentSetting, CommentStatus, Levels, Options};
use domain::id::{ArticleId, AuthorId, CommentId, RevisionId, SectionId, TagId, UserId};
use domain::section::Section;
use domain::text::{BodyFormat, Readings, Rendered};
use domain::user::Email;
use domain::{Actor, Language, Role, Slug, SystemActor, Timestamp};
use storage::articles::{NewArticle, Publication};
use storage::comments::NewComment;
use storage::users::NewUser;
use storage::{Conn, Error, Settings, Store, Tx, articles, authors, sections, tags};

/// A migrated database, thrown away with the value (a PostgreSQL one stays with its server).
pub(crate) struct News {
    pub(crate) store: Store,
    _directory: tempfile::TempDir,
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// Runs the test on each database there is.
pub(crate) fn on_both(test: impl Fn(&News)) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("news.db").display());
    test(&News::open(url, directory));
    if let Some(server) = SERVER.as_ref() {
        test(&News::open(
            new_postgres_database(server),
            tempfile::tempdir().unwrap(),
        ));
    }
}

static SERVER: LazyLock<Option<launch::Server>> = LazyLock::new(launch::server);

fn new_postgres_database(server: &launch::Server) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("nouns_{}_{number}", std::process::id());
    let mut admin = PgConnection::establish(&server.url("postgres")).unwrap();
    admin
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .unwrap();
    server.url(&name)
}

impl News {
    fn open(url: String, directory: tempfile::TempDir) -> Self {
        let store = Store::open(Settings::new(url)).unwrap();
        store.migrate().unwrap();
        Self {
            store,
            _directory: directory,
        }
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Conn<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.store.read_blocking(job).unwrap()
    }

    pub(crate) fn try_write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.try_write_at(1_000_000, job)
    }

    pub(crate) fn try_write_at<T: Send + 'static>(
        &self,
        millis: i64,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store
            .write_blocking(Actor::System(SystemActor::Command), at(millis), job)
    }

    pub(crate) fn write_at<T: Send + 'static>(
        &self,
        millis: i64,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.try_write_at(millis, job).unwrap()
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.try_write(job).unwrap()
    }

    /// World (1) with Europe (2) and Asia (3) in it, three authors and three tags.
    pub(crate) fn furnish(&self) {
        self.write(|tx| {
            for (id, slug, parent) in [
                (1, "world", None),
                (2, "europe", Some(1)),
                (3, "asia", Some(1)),
            ] {
                sections::insert(tx, &section(id, slug, parent))?;
            }
            for id in 1..=3 {
                authors::insert(tx, &author(id, &format!("author-{id}")))?;
                tags::insert(tx, &tag(id, &format!("tag-{id}")))?;
            }
            Ok(())
        });
    }

    /// Creates an article and publishes it at a time.
    pub(crate) fn publish(&self, id: i64, section: i64, published_at: i64) {
        self.publish_as(id, section, published_at, |_| {});
    }

    pub(crate) fn publish_as(
        &self,
        id: i64,
        section: i64,
        published_at: i64,
        change: impl FnOnce(&mut ArticleContent) + Send + 'static,
    ) {
        self.write(move |tx| {
            let mut new = article(id, section);
            change(&mut new.content);
            articles::create(tx, &new)?;
            let publication = publication(published_at);
            articles::publish(tx, new.id, 1, &publication)?;
            Ok(())
        });
    }
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn section(id: i64, slug_text: &str, parent: Option<i64>) -> Section {
    Section {
        id: SectionId::from_raw(id),
        slug: slug(slug_text),
        name: slug_text.to_uppercase(),
        description: None,
        parent: parent.map(SectionId::from_raw),
        position: id,
        comments: CommentSetting::Inherit,
        comment_options: Options::default(),
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub(crate) fn author(id: i64, slug_text: &str) -> domain::author::Author {
    domain::author::Author {
        id: AuthorId::from_raw(id),
        slug: slug(slug_text),
        name: format!("Author {id}"),
        profile: domain::author::Profile::default(),
        user: None,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub(crate) fn tag(id: i64, slug_text: &str) -> domain::tag::Tag {
    domain::tag::Tag {
        id: TagId::from_raw(id),
        slug: slug(slug_text),
        name: format!("Tag {id}"),
        description: None,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

pub(crate) fn article(id: i64, section: i64) -> NewArticle {
    NewArticle {
        id: ArticleId::from_raw(id),
        revision: RevisionId::from_raw(id * 1000),
        slug: slug(&format!("article-{id}")),
        content: ArticleContent {
            title: format!("Article {id}"),
            slug: None,
            summary: Some("So it goes.".to_owned()),
            language: Language::english(),
            section: SectionId::from_raw(section),
            authors: vec![AuthorId::from_raw(2), AuthorId::from_raw(1)],
            tags: vec![TagId::from_raw(3)],
            further_sections: Vec::new(),
            lead_image: None,
            seo: None,
            translation_of: None,
            body: Source {
                format: BodyFormat::Markdown,
                source: "*Hello*".to_owned(),
                readings: Readings::Ruby,
            },
            comments: CommentSetting::Inherit,
            comment_options: Options::default(),
        },
        published_at: None,
    }
}

/// Published at a time.
pub(crate) fn publication(published_at: i64) -> Publication {
    Publication {
        schedule: Schedule {
            published_at: at(published_at),
            visible_from: at(published_at),
            visible_until: None,
        },
        rendered: Rendered {
            html: "<p><em>Hello</em></p>".to_owned(),
            text: "Hello".to_owned(),
            word_count: 1,
            reading_seconds: 1,
            ..Rendered::default()
        },
        updated_at: at(published_at),
    }
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// An account in use with a password, called after its number.
pub(crate) fn account(id: i64, role: Role) -> NewUser {
    NewUser {
        id: UserId::from_raw(id),
        email: email(&format!("user{id}@example.org")),
        email_verified: true,
        name: format!("User {id}"),
        password_hash: Some(format!("hash {id}")),
        role,
    }
}

pub(crate) fn comment(id: i64, parent: Option<i64>) -> NewComment {
    NewComment {
        id: CommentId::from_raw(id),
        parent: parent.map(CommentId::from_raw),
        author_kind: AuthorKind::Guest,
        user: None,
        author_name: "Ada".to_owned(),
        author_email: Some("ada@example.org".to_owned()),
        body_source: format!("comment {id}"),
        body_html: format!("<p>comment {id}</p>"),
        body_text: format!("comment {id}"),
        status: CommentStatus::Published,
        finding: None,
        levels: Levels::default(),
    }
}
