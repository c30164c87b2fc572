//! Numbers for Prometheus, on a listener of their own.

use std::time::Duration;

use actix_web::http::Method;
use metrics::{Key, KeyName, Label, Level, Metadata, Recorder as _, SharedString, Unit};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::{limits::Class, state::App};

const REQUESTS: &str = "broadsheet_http_requests_total";
const SECONDS: &str = "broadsheet_http_request_seconds";
const STATEMENTS: &str = "broadsheet_database_statements_total";
const WAITING: &str = "broadsheet_database_waiting_jobs";
const IN_FLIGHT: &str = "broadsheet_in_flight_requests";
const STREAMS: &str = "broadsheet_open_streams";
const SHED: &str = "broadsheet_shed_requests_total";
const LIMITED: &str = "broadsheet_limited_requests_total";
const BUCKETS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
];
const META: Metadata<'static> = Metadata::new("api", Level::INFO, Some("api"));

/// The numbers of one server. It has its own recorder, so that several servers in one process
/// do not count together.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, String> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &BUCKETS)
            .map_err(|error| error.to_string())?
            .build_recorder();
        let describe = |name: &'static str| (KeyName::from(name), SharedString::from(help(name)));
        let (name, text) = describe(REQUESTS);
        recorder.describe_counter(name, Some(Unit::Count), text);
        let (name, text) = describe(SECONDS);
        recorder.describe_histogram(name, Some(Unit::Seconds), text);
        let (name, text) = describe(STATEMENTS);
        recorder.describe_counter(name, Some(Unit::Count), text);
        for counter in [SHED, LIMITED] {
            let (name, text) = describe(counter);
            recorder.describe_counter(name, Some(Unit::Count), text);
        }
        for gauge in [WAITING, IN_FLIGHT, STREAMS] {
            let (name, text) = describe(gauge);
            recorder.describe_gauge(name, Some(Unit::Count), text);
        }
        Ok(Self {
            handle: recorder.handle(),
            recorder,
        })
    }

    /// Counts one request. The route is its pattern, never the path: a label must not grow with
    /// what clients send, and neither must the method.
    pub(crate) fn request(
        &self,
        route: SharedString,
        method: &Method,
        status: u16,
        took: Duration,
    ) {
        let labels = vec![
            Label::new("route", route),
            Label::new("method", method_label(method)),
            Label::new("status", status_label(status)),
        ];
        let seconds = Key::from_parts(SECONDS, labels.clone());
        self.recorder
            .register_histogram(&seconds, &META)
            .record(took.as_secs_f64());
        let requests = Key::from_parts(REQUESTS, labels);
        self.recorder
            .register_counter(&requests, &META)
            .increment(1);
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn render(&self, app: &App) -> String {
        self.total(&Key::from_static_name(STATEMENTS), app.store.statements());
        let depths = app.store.queue_depths();
        for (queue, depth) in [("read", depths.reads), ("write", depths.writes)] {
            let labels = vec![Label::new("queue", queue)];
            self.level(&Key::from_parts(WAITING, labels), depth);
        }
        let streams = app.live.open_streams();
        self.level(&Key::from_static_name(STREAMS), streams);
        for class in Class::ALL {
            let labels = || vec![Label::new("class", class.as_str())];
            let lane = app.admission.lane(class);
            self.level(&Key::from_parts(IN_FLIGHT, labels()), lane.in_flight());
            self.total(&Key::from_parts(SHED, labels()), lane.shed());
            let limited = app.limits.refused(class);
            self.total(&Key::from_parts(LIMITED, labels()), limited);
        }
        self.handle.run_upkeep();
        self.handle.render()
    }

    fn total(&self, key: &Key, value: u64) {
        self.recorder.register_counter(key, &META).absolute(value);
    }

    fn level(&self, key: &Key, value: usize) {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        self.recorder
            .register_gauge(key, &META)
            .set(f64::from(value));
    }
}

fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The usual ones cost no copy.
fn status_label(status: u16) -> SharedString {
    match status {
        200 => SharedString::const_str("200"),
        201 => SharedString::const_str("201"),
        202 => SharedString::const_str("202"),
        304 => SharedString::const_str("304"),
        404 => SharedString::const_str("404"),
        other => SharedString::from_owned(other.to_string()),
    }
}

fn help(name: &str) -> &'static str {
    match name {
        REQUESTS => "Requests answered, by route, method and status.",
        SECONDS => "How long answers took to make, in seconds.",
        IN_FLIGHT => "Answers being made, by class of route.",
        SHED => "Requests refused because too much was under way, by class of route.",
        LIMITED => "Requests refused because their caller sent too many, by class of route.",
        STREAMS => "Streams of events that are open.",
        STATEMENTS => "SQL statements executed since the start.",
        _ => "Jobs waiting for the database.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route() {
        let metrics = Metrics::new().unwrap();
        metrics.request(
            SharedString::const_str("/api/v1/articles/{article}"),
            &Method::GET,
            200,
            Duration::from_millis(3),
        );
        let odd = Method::from_bytes(b"BREW").unwrap();
        metrics.request(
            SharedString::const_str("unmatched"),
            &odd,
            404,
            Duration::from_millis(3),
        );
        let text = metrics.handle.render();
        assert!(
            text.contains("route=\"/api/v1/articles/{article}\""),
            "{text}"
        );
        assert!(text.contains("method=\"other\""));
        assert!(text.contains("broadsheet_http_request_seconds_bucket"));
    }
}
