//! One running server with a database of its own.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock},
};

use api::{clock::ManualClock, config::Config, state::App};
use domain::Timestamp;
use reqwest::Method;
use serde_json::Value;
use storage::{Settings, Store};

use crate::{
    Call, Database, Member, Reply, START, coding,
    leaks::{self, Heard},
    server::Running,
    spec::Spec,
};

/// The root secret of every test server.
pub(crate) const SECRET: &str = "one-root-for-every-server-that-is-under-test";
/// The only origin that may write.
pub const ORIGIN: &str = "https://front.example";

/// What a test changes in the configuration of its server.
type Adjust = Arc<dyn Fn(&mut Config) + Send + Sync>;

/// A server, its database, and a client.
pub struct TestApp {
    running: Running,
    adjust: Adjust,
    clock: Arc<ManualClock>,
    http: reqwest::Client,
    spec: &'static Spec,
    url: String,
    /// Who calls with an access token of their role.
    pub(crate) people: Mutex<HashMap<String, Member>>,
    /// Everything the server has answered.
    heard: Heard,
    // Last, so that the server has let go of it when it is removed.
    database: Option<Arc<Database>>,
}

impl TestApp {
    /// Starts a server on `database`.
    pub async fn start(database: Database) -> Self {
        let mut app = Self::start_on(&database).await;
        app.database = Some(Arc::new(database));
        app
    }

    /// Starts a server on a database that somebody else keeps.
    pub async fn start_on(database: &Database) -> Self {
        Self::on_url(database.url(), Arc::new(ManualClock::at(*START))).await
    }

    /// Starts a server on `database` with a configuration that `adjust` has changed.
    pub async fn start_with(
        database: Database,
        adjust: impl Fn(&mut Config) + Send + Sync + 'static,
    ) -> Self {
        let clock = Arc::new(ManualClock::at(*START));
        let mut app = Self::adjusted(database.url(), clock, Arc::new(adjust)).await;
        app.database = Some(Arc::new(database));
        app
    }

    /// Starts another server on the same database with the same clock, as another node, whose
    /// configuration `adjust` has changed.
    pub async fn beside(&self, adjust: impl Fn(&mut Config) + Send + Sync + 'static) -> Self {
        let mut app = Self::adjusted(&self.url, Arc::clone(&self.clock), Arc::new(adjust)).await;
        app.database.clone_from(&self.database);
        app
    }

    /// Starts a server on whatever is at `url`, even nothing.
    pub async fn on_url(url: &str, clock: Arc<ManualClock>) -> Self {
        Self::adjusted(url, clock, Arc::new(|_| {})).await
    }

    async fn adjusted(url: &str, clock: Arc<ManualClock>, adjust: Adjust) -> Self {
        let running = Running::start(url, Arc::clone(&clock), &*adjust);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        let spec = document(&http, running.address).await;
        Self {
            running,
            adjust,
            clock,
            http,
            spec,
            url: url.to_owned(),
            people: Mutex::default(),
            heard: Heard::default(),
            database: None,
        }
    }

    /// Stops this server in order, and starts another on the same database.
    #[must_use]
    pub async fn restarted(&self) -> Self {
        self.stop();
        let (clock, adjust) = (Arc::clone(&self.clock), Arc::clone(&self.adjust));
        let mut app = Self::adjusted(&self.url, clock, adjust).await;
        app.database.clone_from(&self.database);
        app
    }

    /// Stops the server as SIGTERM does, and waits until it has ended.
    pub fn stop(&self) {
        self.running.stop();
    }

    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.running.address)
    }

    /// What the server's handlers reach.
    pub(crate) fn state(&self) -> &App {
        &self.running.app
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    pub fn database_url(&self) -> &str {
        &self.url
    }

    /// Any request; `target` is an absolute path with its query.
    pub fn call(&self, method: Method, target: &str) -> Call<'_> {
        Call::new(self, method, target.to_owned())
    }

    /// A request outside the version.
    pub fn root(&self, target: &str) -> Call<'_> {
        self.call(Method::GET, target)
    }

    /// `GET`, under `/api/v1`.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, &format!("/api/v1{path}"))
    }

    /// `POST`, under `/api/v1`.
    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, &format!("/api/v1{path}"))
    }

    /// `PUT`, under `/api/v1`.
    pub fn put(&self, path: &str) -> Call<'_> {
        self.call(Method::PUT, &format!("/api/v1{path}"))
    }

    /// `PATCH`, under `/api/v1`.
    pub fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, &format!("/api/v1{path}"))
    }

    /// Looks for what the answer must not show, now and when the test is over.
    pub(crate) fn search(&self, method: &Method, target: &str, reply: &Reply) {
        let path = target.split('?').next().unwrap_or_default();
        let template = self.spec.template(path).unwrap_or(path);
        let place = format!("{method} {template}");
        let mut said = Vec::new();
        for (name, value) in &reply.headers {
            said.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
        }
        // An answer to HEAD names a coding and has no body.
        if !reply.body.is_empty() {
            said.extend(coding::decoded(&reply.headers, &reply.body));
        }
        self.hear(&place, said);
    }

    /// Takes in what was said in a place: it is searched now, and when the test is over.
    pub fn hear(&self, place: &str, said: Vec<u8>) {
        leaks::assert_none(place, &said);
        self.heard.take(place, said);
    }

    pub(crate) fn validate(&self, method: &Method, target: &str, reply: &Reply) {
        let path = target.split('?').next().unwrap_or_default();
        let complaints = self.spec.complaints(&reply.as_exchange(method, path));
        assert!(
            complaints.is_empty(),
            "{method} {target} answered {} against the document:\n{}\n{}",
            reply.status,
            complaints.join("\n"),
            reply.text(),
        );
    }

    /// SQL statements executed by the server so far.
    pub fn statements(&self) -> u64 {
        self.running.statements()
    }

    /// The fewest statements that one `GET` took in a few tries.
    pub async fn fewest_statements(&self, path: &str) -> u64 {
        let asked = || async { self.get(path).await.expect(200) };
        self.fewest(asked).await.1
    }

    /// The last answer, and the fewest statements that one request took in a few
    /// tries: what runs in the background now and then is not counted against it.
    pub async fn fewest<F: Future<Output = Reply>>(&self, ask: impl Fn() -> F) -> (Reply, u64) {
        let mut fewest = u64::MAX;
        let mut tries = 0;
        loop {
            let before = self.statements();
            let reply = ask().await;
            fewest = fewest.min(self.statements() - before);
            tries += 1;
            if tries == 3 || fewest == 0 {
                return (reply, fewest);
            }
        }
    }

    /// The number that one SQL query answers.
    pub fn count(&self, sql: &str) -> i64 {
        let sql = sql.strip_prefix("SELECT ").expect("a SELECT");
        let (value, rest) = sql.split_once(" FROM ").expect("a table");
        let line = self.lines(&format!("SELECT CAST({value} AS TEXT) AS line FROM {rest}"));
        line.first()
            .and_then(|line| line.parse().ok())
            .expect("a number")
    }

    /// The column `line` of every row of a query.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        storage::testing::lines(&self.url, sql).expect("the query runs")
    }

    /// The server's time, so many seconds from now.
    pub fn in_seconds(&self, seconds: i64) -> String {
        self.now().plus_seconds(seconds).to_string()
    }

    /// Checks that every counter of comments says what there is, and that what is shown is what may be.
    pub fn counters_are_right(&self) {
        let replies = "SELECT count(*) FROM comments c WHERE c.reply_count <> \
                       (SELECT count(*) FROM comments r WHERE r.parent_id = c.id AND r.visible = TRUE)";
        assert_eq!(self.count(replies), 0, "replies are counted wrong");
        let shown = "SELECT count(*) FROM comments c WHERE c.visible <> \
                     (c.status = 'published' OR c.reply_count > 0)";
        assert_eq!(
            self.count(shown),
            0,
            "something is shown or hidden that should not be"
        );
        let articles = "SELECT count(*) FROM article_stats s WHERE s.comments <> (SELECT count(*) \
                        FROM comments c WHERE c.article_id = s.article_id AND c.status = 'published')";
        assert_eq!(
            self.count(articles),
            0,
            "an article counts its comments wrong"
        );
    }

    /// Counts a view of an article by one of many readers, who differ in what their browsers say.
    pub async fn view(&self, article: &str, reader: usize) -> Reply {
        self.post(&format!("/articles/{article}/views"))
            .header("user-agent", &format!("Mozilla/5.0 (reader {reader})"))
            .await
            .expect(202)
    }

    /// Writes the views that wait, and ranks what is read most, as the server does by itself every
    /// few seconds. A ranking is made once in five minutes: to have another one, move the clock.
    pub fn rank(&self) {
        let state = self.state();
        let folded = state.views.fold(&state.store, state.now());
        folded.expect("the views are written");
        api::popular::rank(&state.store, state.now()).expect("the rankings are made");
    }

    /// Writes what was counted of comments, as the server does by itself every few seconds.
    pub fn settle_tallies(&self) {
        let state = self.state();
        let folded = state.tallies.fold(&state.store, state.now());
        folded.expect("the tallies are written");
    }

    /// Indexes what waits, as the server does by itself every few seconds.
    pub fn settle_index(&self) {
        api::index::look(self.state()).expect("the index is written");
    }

    /// Moves the server's clock.
    pub fn advance(&self, seconds: i64) {
        self.clock.advance_millis(seconds * 1000);
    }

    pub fn now(&self) -> Timestamp {
        use api::clock::Clock;
        self.clock.now()
    }

    /// A second store on the same database, as another process would have.
    pub fn store(&self) -> Store {
        Store::open(Settings::new(self.url.as_str())).expect("the store opens")
    }

    /// The names of the fields that an operation's body may have.
    pub fn body_fields(&self, template: &str, method: &Method) -> Vec<String> {
        let operation = &self.spec.document["paths"][template][method.as_str().to_lowercase()];
        let content = &operation["requestBody"]["content"]["application/json"]["schema"];
        let schema = self.spec.resolve(content);
        schema["properties"]
            .as_object()
            .map(|fields| fields.keys().cloned().collect())
            .unwrap_or_default()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.heard.assert_nothing_stored(&self.url);
        }
    }
}

/// The document that the server serves; the same for every server of a process.
async fn document(http: &reqwest::Client, address: SocketAddr) -> &'static Spec {
    static SPEC: OnceLock<Spec> = OnceLock::new();
    if let Some(spec) = SPEC.get() {
        return spec;
    }
    let url = format!("http://{address}/api/v1/openapi.json");
    let reply = http.get(url).send().await.expect("the document is served");
    let document: Value = reply.json().await.expect("the document is JSON");
    SPEC.get_or_init(|| Spec::new(document))
}
