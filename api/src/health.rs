//! Whether the process lives, and whether it should be given work.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use serde_json::json;

use crate::{error::ApiError, respond::private_json, state::App};

/// How long the result of a probe counts.
const KEPT: Duration = Duration::from_secs(1);

/// The last probe of the database. A flood of questions about our health must not become a
/// flood of questions to the database.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Probe>);

#[derive(Debug, Default, Clone, Copy)]
struct Probe {
    at: Option<Instant>,
    /// `None` until the first probe has ended: a start found the database, or it is not loaded.
    healthy: Option<bool>,
}

impl Readiness {
    /// What is known; `None` when it is time to ask. Whoever gets `None` asks, and meanwhile the
    /// others get the answer before.
    fn known(&self) -> Option<bool> {
        let mut probe = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match probe.at {
            Some(at) if at.elapsed() < KEPT => Some(probe.healthy.unwrap_or(true)),
            _ => {
                probe.at = Some(Instant::now());
                None
            }
        }
    }

    fn learn(&self, healthy: bool) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .healthy = Some(healthy);
    }
}

/// The process lives. It asks nobody: a database that is away is no reason to be restarted.
#[get("/livez")]
pub(crate) async fn livez() -> Result<HttpResponse, ApiError> {
    private_json(StatusCode::OK, &json!({"status": "alive"}))
}

/// The server can do its work: it is not stopping and reaches its database.
#[get("/readyz")]
pub(crate) async fn readyz(app: Data<App>) -> Result<HttpResponse, ApiError> {
    if app.is_stopping() {
        return Err(ApiError::unavailable().cause("stopping"));
    }
    let healthy = if let Some(healthy) = app.readiness.known() {
        healthy
    } else {
        let healthy = app.store.ping().await.is_ok();
        app.readiness.learn(healthy);
        healthy
    };
    if healthy && app.site.is_loaded() {
        private_json(StatusCode::OK, &json!({"status": "ready"}))
    } else {
        Err(ApiError::unavailable())
    }
}
