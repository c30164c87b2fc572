//! What moderators keep.

use serde_json::json;
use tests::text;

use super::world::World;

impl World<'_> {
    /// A rule for comments, which finds nothing.
    pub(super) async fn rule(&self) -> String {
        let rule = json!({ "kind": "links", "more_than": 100, "action": "hold" });
        let rule = self
            .app
            .post("/manage/comment-rules")
            .as_role("admin")
            .json(&rule);
        text(&rule.await.expect(201).json()["id"])
    }

    /// A ban of somebody.
    pub(super) async fn ban(&self) -> String {
        let ban = json!({ "kind": "account", "user": self.banned });
        let ban = self.app.post("/manage/bans").as_role("admin").json(&ban);
        text(&ban.await.expect(201).json()["id"])
    }
}
