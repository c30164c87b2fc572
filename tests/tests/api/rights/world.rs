//! Everything there is to be called upon, made when it is asked for.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use api::previews;
use domain::{
    Actor, Language, Role, Slug, SystemActor,
    article::{ArticleContent, LeadImage, Schedule, Seo, Source, Takedown},
    comment::{CommentSetting, Options},
    id::{ApiKeyId, ArticleId, CommentId, PreviewLinkId, RevisionId, SectionId, SessionId, UserId},
    text::{BodyFormat, Readings, Rendered},
};
use serde_json::json;
use storage::{
    Store,
    api_keys::{self, NewApiKey},
    articles::{self, NewArticle, Publication},
    settings,
};
use tests::{TestApp, canary, members, text};

use super::callers::Caller;
use super::objects::Stage::{Draft, Ended, Published, Scheduled, TakenDown, Unpublished};
use super::objects::Whose::{Foreign, Own};
use super::objects::{Fate, Object, Stage, Whose, parameter};

/// What a call is made upon: how the path names it, and its version.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) id: String,
    pub(super) version: i64,
}

/// Everything there is. Most of it lies in the section `desk`.
pub(super) struct World<'a> {
    pub(super) app: &'a TestApp,
    store: &'a Store,
    pub(super) desk: SectionId,
    pub(super) elsewhere: SectionId,
    /// The account of somebody whom bans are about.
    pub(super) banned: String,
    /// What may be called upon again, since nothing changes it.
    kept: RefCell<HashMap<(String, Object, String), Target>>,
    number: Cell<i64>,
}

impl<'a> World<'a> {
    pub(super) async fn new(app: &'a TestApp, store: &'a Store) -> Self {
        let section = async |name: &str| {
            let made = app.section(name, None).await;
            SectionId::parse(&text(&made["id"])).expect("an id")
        };
        let world = Self {
            app,
            store,
            desk: section("Desk").await,
            elsewhere: section("Elsewhere").await,
            banned: app.member("reader").user.id.to_string(),
            kept: RefCell::default(),
            number: Cell::new(0),
        };
        world.plant().await;
        world
    }

    /// Puts canaries into everything that is not everybody's.
    async fn plant(&self) {
        self.app.author("Ada").await;
        self.app.tag("Ships").await;
        for fate in [Fate::Published, Fate::Held, Fate::Deleted] {
            self.comment(fate).await;
        }
        self.sql(&canary::people(self.app.now()));
        self.sql(&canary::newsroom("status <> 'published'"));
    }

    /// A number that was not given before.
    pub(super) fn next(&self) -> i64 {
        self.number.set(self.number.get() + 1);
        self.number.get()
    }

    /// Such a thing: a new one, or one that was called upon before.
    pub(super) async fn target(
        &self,
        path: &str,
        object: Object,
        caller: &Caller,
        new: bool,
    ) -> Target {
        let kind = parameter(path).unwrap_or_default().to_owned();
        let owner = match object {
            Object::Article(_, Own) | Object::Theirs(Own) => caller.name.clone(),
            _ => String::new(),
        };
        let key = (kind.clone(), object, owner);
        if !new && let Some(known) = self.kept.borrow().get(&key) {
            return known.clone();
        }
        let made = self.make(&kind, object, caller).await;
        if !new {
            self.kept.borrow_mut().insert(key, made.clone());
        }
        made
    }

    async fn make(&self, kind: &str, object: Object, caller: &Caller) -> Target {
        let target = |id: String| Target { id, version: 1 };
        match (kind, object) {
            (_, Object::Nothing) => Target {
                id: String::new(),
                version: self.settings(),
            },
            (_, Object::Random) => target(nobodys(kind)),
            (_, Object::Article(stage, whose)) => {
                let actor = match whose {
                    Own => caller.actor.clone(),
                    Foreign => Actor::System(SystemActor::Command),
                };
                self.article(stage, actor)
            }
            (_, Object::Preview(stage)) => {
                let article = self.article(stage, Actor::System(SystemActor::Command));
                let id = PreviewLinkId::parse(&article.id.replace("art_", "prv_"));
                target(previews::token(&members::secret(), id.expect("an id")))
            }
            (_, Object::Comment(fate)) => target(self.comment(fate).await),
            (_, Object::UnderArticle(stage)) => {
                let id = self.comment(Fate::Published).await;
                self.hide_article_of(&id, stage);
                target(id)
            }
            ("section", _) => target(text(&self.app.section(&self.name(), None).await["id"])),
            ("author", _) => target(text(&self.app.author(&self.name()).await["id"])),
            ("tag", _) => target(text(&self.app.tag(&self.name()).await["id"])),
            ("address", _) => self.address().await,
            ("ban", _) => target(self.ban().await),
            ("rule", _) => target(self.rule().await),
            ("key", Object::Theirs(whose)) => target(self.key(whose, caller)),
            (_, Object::Theirs(whose)) => {
                let member = match (&caller.member, whose) {
                    (Some(member), Own) => member.clone(),
                    _ => members::sign_in(self.store, Role::Reader, self.app.now()),
                };
                let user = kind == "user";
                target(if user {
                    member.user.id.to_string()
                } else {
                    member.session.to_string()
                })
            }
            other => panic!("{other:?} cannot be made"),
        }
    }

    /// The version of what there is one of.
    fn settings(&self) -> i64 {
        let found = self.store.read_blocking(settings::get);
        found.expect("the settings can be read").version
    }

    /// A slug that an article had before.
    async fn address(&self) -> Target {
        let named = |slug: String| json!({ "section": "desk", "slug": slug });
        let old = format!("old-matter-{}", self.next());
        let article = self.app.article(named(old.clone())).await;
        let new = named(format!("new-matter-{}", self.next()));
        let article = self.app.patch_article(&article, &new).await;
        self.app.publish(&article).await;
        Target {
            id: old,
            version: self.app.now().as_millis(),
        }
    }

    fn name(&self) -> String {
        format!("Thing {}", self.next())
    }

    fn key(&self, whose: Whose, caller: &Caller) -> String {
        if let (Actor::ApiKey { id, .. }, Own) = (&caller.actor, whose) {
            return id.to_string();
        }
        let number = self.next();
        let id = ApiKeyId::from_raw(10_000 + number);
        let key = NewApiKey {
            id,
            name: self.name(),
            role: Role::Reader,
            scopes: None,
            sections: Vec::new(),
            requests_per_minute: None,
            hash: api::secret::api_key_hash(&self.name()),
            hint: "bsk_none".to_owned(),
            expires_at: None,
        };
        members::write(self.store, self.app.now(), move |tx| {
            api_keys::create(tx, &key)
        });
        id.to_string()
    }

    async fn comment(&self, fate: Fate) -> String {
        let article = self.article(Published, Actor::System(SystemActor::Command));
        let made = self
            .app
            .comment(&json!({ "id": article.id }), "Hello.", None)
            .await;
        let id = text(&made["id"]);
        let status = match fate {
            Fate::Published => return id,
            Fate::Held => "held",
            Fate::Deleted => "deleted",
        };
        let raw = CommentId::parse(&id).expect("an id").raw();
        self.sql(&format!(
            "UPDATE comments SET status = '{status}', visible = FALSE, body_text = '{}' WHERE id = {raw}",
            canary::of("comments.body_text"),
        ));
        id
    }

    /// Takes the article of a comment away from the public.
    fn hide_article_of(&self, comment: &str, stage: Stage) {
        let raw = CommentId::parse(comment).expect("an id").raw();
        let article = self
            .app
            .count(&format!("SELECT article_id FROM comments WHERE id = {raw}"));
        if stage == Ended {
            let now = self.app.now().as_millis() - 1;
            for table in ["articles", "published_articles", "listings"] {
                let id = if table == "listings" {
                    "article_id"
                } else {
                    "id"
                };
                self.sql(&format!(
                    "UPDATE {table} SET visible_until = {now} WHERE {id} = {article}"
                ));
            }
        } else {
            let id = ArticleId::from_raw(article);
            members::write(self.store, self.app.now(), move |tx| {
                if stage == TakenDown {
                    let takedown = Takedown {
                        reason: canary::of("takedowns.reason"),
                        public_notice: None,
                    };
                    return articles::take_down(tx, id, 2, &takedown);
                }
                articles::unpublish(tx, id, 2)
            });
        }
    }

    fn sql(&self, sql: &str) {
        storage::testing::execute(self.app.database_url(), sql).expect("it is written");
    }

    fn article(&self, stage: Stage, actor: Actor) -> Target {
        let (number, now, desk) = (self.next(), self.app.now(), self.desk);
        let id = ArticleId::from_raw(now.as_millis() << 21 | number);
        let new = NewArticle {
            id,
            revision: RevisionId::from_raw(id.raw()),
            slug: Slug::parse(&format!("matter-{number}")).expect("a slug"),
            content: content(desk, stage == Published),
            published_at: None,
        };
        let (from, until) = match stage {
            Scheduled => (now.plus_seconds(3_600), None),
            Ended => (now.plus_seconds(-3_600), Some(now.plus_seconds(-60))),
            _ => (now.plus_seconds(-3_600), None),
        };
        let publication = Publication {
            schedule: Schedule {
                published_at: from,
                visible_from: from,
                visible_until: until,
            },
            rendered: Rendered {
                html: "<p>Hello</p>".to_owned(),
                text: "Hello".to_owned(),
                word_count: 1,
                reading_seconds: 1,
                ..Rendered::default()
            },
            updated_at: now,
        };
        let takedown = Takedown {
            reason: canary::of("takedowns.reason"),
            public_notice: Some("It was not ours to print.".to_owned()),
        };
        let made = self.store.write_blocking(actor, now, move |tx| {
            articles::create(tx, &new)?;
            if stage == Draft {
                return Ok(1);
            }
            articles::publish(tx, id, 1, &publication)?;
            match stage {
                Unpublished => articles::unpublish(tx, id, 2)?,
                TakenDown => articles::take_down(tx, id, 2, &takedown)?,
                _ => return Ok(2),
            };
            Ok::<_, storage::Error>(3)
        });
        let (raw, millis) = (id.raw(), now.as_millis());
        self.sql(&format!(
            "INSERT INTO corrections VALUES ({raw}, {raw}, '{}', {millis}, 'guest', {millis});\
             INSERT INTO preview_links VALUES ({raw}, {raw}, 1, 'guest', {millis}, {millis} + 600000)",
            canary::of("corrections.text"),
        ));
        Target {
            id: id.to_string(),
            version: made.expect("an article"),
        }
    }
}

/// What is not public sings.
fn content(section: SectionId, public: bool) -> ArticleContent {
    let words = |column: &str| {
        if public {
            "A matter".to_owned()
        } else {
            canary::of(&format!("revisions.{column}"))
        }
    };
    let image = LeadImage {
        url: format!(
            "https://images.example/{}.jpg",
            canary::of("revisions.lead_image")
        ),
        alt: None,
        caption: None,
        width: None,
        height: None,
        credit: None,
        focal_point: None,
    };
    let seo = Seo {
        title: Some(canary::of("revisions.seo")),
        ..Seo::default()
    };
    ArticleContent {
        title: words("title"),
        slug: None,
        summary: Some(words("summary")),
        language: Language::english(),
        section,
        authors: Vec::new(),
        tags: Vec::new(),
        further_sections: Vec::new(),
        lead_image: (!public).then_some(image),
        seo: (!public).then_some(seo),
        translation_of: None,
        body: Source {
            format: BodyFormat::Markdown,
            source: words("body_source"),
            readings: Readings::Ruby,
        },
        comments: CommentSetting::Inherit,
        comment_options: Options::default(),
    }
}

/// An id that nothing has.
fn nobodys(kind: &str) -> String {
    let raw = 4_242_424_242_424_242_424;
    match kind {
        "article" => ArticleId::from_raw(raw).to_string(),
        "token" => previews::token(&members::secret(), PreviewLinkId::from_raw(raw)),
        "comment" => CommentId::from_raw(raw).to_string(),
        "address" => "nobodys-own".to_owned(),
        "section" => SectionId::from_raw(raw).to_string(),
        "author" => domain::id::AuthorId::from_raw(raw).to_string(),
        "tag" => domain::id::TagId::from_raw(raw).to_string(),
        "ban" => domain::id::BanId::from_raw(raw).to_string(),
        "rule" => domain::id::RuleId::from_raw(raw).to_string(),
        "user" => UserId::from_raw(raw).to_string(),
        "session" => SessionId::from_raw(raw).to_string(),
        "key" => ApiKeyId::from_raw(raw).to_string(),
        other => panic!("what is a {other}?"),
    }
}
