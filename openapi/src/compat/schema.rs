//! Whether one schema can stand where another stood.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Limits that refuse more when they grow.
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "exclusiveMinimum"];
/// Limits that refuse more when they shrink.
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "exclusiveMaximum"];

/// Which way the described value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// From the client: what was taken must still be taken.
    Request,
    /// To the client: what was given must still be given.
    Response,
}

/// Both documents, to follow references in.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'a> {
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a Value, new: &'a Value) -> Self {
        Self { old, new }
    }

    pub(super) fn old_target(&self, value: &'a Value) -> &'a Value {
        target(self.old, value)
    }

    pub(super) fn new_target(&self, value: &'a Value) -> &'a Value {
        target(self.new, value)
    }

    /// What breaks when `new` takes the place of `old`; each line begins with `part`.
    pub(super) fn compare(
        &self,
        direction: Direction,
        part: &str,
        old: &'a Value,
        new: &'a Value,
    ) -> Vec<String> {
        let mut walk = Walk {
            documents: *self,
            direction,
            seen: BTreeSet::new(),
            changes: Vec::new(),
        };
        walk.schema(part, old, new);
        walk.changes
    }
}

/// What a value that may be a reference stands for. A reference that leads nowhere, or in a
/// circle, stands for itself.
pub(super) fn target<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut found = value;
    for _ in 0..16 {
        let next = found["$ref"]
            .as_str()
            .and_then(|place| place.strip_prefix('#'))
            .and_then(|place| document.pointer(place));
        match next {
            Some(next) => found = next,
            None => break,
        }
    }
    found
}

/// A schema with its references followed and its parts put together.
#[derive(Default)]
struct View<'a> {
    types: BTreeSet<&'a str>,
    format: Option<&'a str>,
    pattern: Option<&'a str>,
    values: Option<BTreeSet<String>>,
    limits: BTreeMap<&'static str, f64>,
    default: Option<&'a Value>,
    properties: BTreeMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
    items: Option<&'a Value>,
    additional: Option<&'a Value>,
}

impl<'a> View<'a> {
    fn of(document: &'a Value, schema: &'a Value) -> Self {
        let mut view = Self::default();
        view.add(document, schema, 0);
        view
    }

    fn add(&mut self, document: &'a Value, schema: &'a Value, depth: u8) {
        // Deeper than any schema is written; ends a circle of `allOf`.
        if depth > 16 {
            return;
        }
        let schema = target(document, schema);
        match &schema["type"] {
            Value::String(one) => drop(self.types.insert(one)),
            Value::Array(all) => self.types.extend(all.iter().filter_map(Value::as_str)),
            _ => {}
        }
        self.format = self.format.or(schema["format"].as_str());
        self.pattern = self.pattern.or(schema["pattern"].as_str());
        self.default = self.default.or(schema.get("default"));
        self.items = self.items.or(schema.get("items"));
        self.additional = self.additional.or(schema
            .get("additionalProperties")
            .filter(|more| more.is_object()));
        if let Some(values) = schema["enum"].as_array() {
            let known = self.values.get_or_insert_default();
            known.extend(values.iter().map(Value::to_string));
        }
        for name in LOWER.into_iter().chain(UPPER) {
            if let Some(limit) = schema[name].as_f64() {
                self.limits.insert(name, limit);
            }
        }
        if let Some(properties) = schema["properties"].as_object() {
            self.properties.extend(
                properties
                    .iter()
                    .map(|(name, value)| (name.as_str(), value)),
            );
        }
        self.required.extend(
            schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str),
        );
        for list in ["allOf", "oneOf", "anyOf"] {
            for member in schema[list].as_array().into_iter().flatten() {
                self.add(document, member, depth.saturating_add(1));
            }
        }
    }
}

struct Walk<'a> {
    documents: Comparison<'a>,
    direction: Direction,
    /// Pairs of references met before: schemas may contain themselves.
    seen: BTreeSet<(&'a str, &'a str)>,
    changes: Vec<String>,
}

impl<'a> Walk<'a> {
    fn broken(&mut self, part: &str, what: &str) {
        self.changes.push(format!("{part}: {what}"));
    }

    fn schema(&mut self, part: &str, old: &'a Value, new: &'a Value) {
        if let (Some(old), Some(new)) = (old["$ref"].as_str(), new["$ref"].as_str())
            && !self.seen.insert((old, new))
        {
            return;
        }
        let was = View::of(self.documents.old, old);
        let now = View::of(self.documents.new, new);
        self.kind(part, &was, &now);
        match self.direction {
            Direction::Request => self.taken(part, &was, &now),
            Direction::Response => self.given(part, &was, &now),
        }
        for (name, was) in &was.properties {
            let part = format!("{part} /{name}");
            match now.properties.get(name) {
                None => self.broken(&part, "removed"),
                Some(now) => self.schema(&part, was, now),
            }
        }
        if let (Some(was), Some(now)) = (was.items, now.items) {
            self.schema(&format!("{part}[]"), was, now);
        }
        if let (Some(was), Some(now)) = (was.additional, now.additional) {
            self.schema(&format!("{part}{{}}"), was, now);
        }
    }

    fn kind(&mut self, part: &str, was: &View<'_>, now: &View<'_>) {
        // Whoever has no type takes or gives anything.
        let kept = match self.direction {
            Direction::Request => {
                now.types.is_empty() || (!was.types.is_empty() && was.types.is_subset(&now.types))
            }
            Direction::Response => {
                was.types.is_empty() || (!now.types.is_empty() && now.types.is_subset(&was.types))
            }
        };
        if !kept {
            let what = format!("was {:?}, is {:?}", was.types, now.types);
            self.broken(part, &what);
        }
        let loosened = self.direction == Direction::Request && now.format.is_none();
        if was.format != now.format && !loosened && !was.types.is_empty() {
            self.broken(part, "another format");
        }
    }

    /// What only the client's side may not have narrowed.
    fn taken(&mut self, part: &str, was: &View<'_>, now: &View<'_>) {
        for name in now.required.difference(&was.required) {
            self.broken(&format!("{part} /{name}"), "is required now");
        }
        let narrowed = match (&was.values, &now.values) {
            (Some(was), Some(now)) => !was.is_subset(now),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if narrowed {
            self.broken(part, "takes fewer values");
        }
        let tighter = |name: &str, smaller: bool| match (was.limits.get(name), now.limits.get(name))
        {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(was), Some(now)) => {
                if smaller {
                    now < was
                } else {
                    now > was
                }
            }
        };
        for name in LOWER.into_iter().filter(|name| tighter(name, false)) {
            self.broken(part, &format!("{name} is tighter"));
        }
        for name in UPPER.into_iter().filter(|name| tighter(name, true)) {
            self.broken(part, &format!("{name} is tighter"));
        }
        if now.pattern.is_some() && now.pattern != was.pattern {
            self.broken(part, "another pattern");
        }
        if was.default.is_some() && was.default != now.default {
            self.broken(part, "another default");
        }
    }

    /// What only the server's side may not have loosened.
    fn given(&mut self, part: &str, was: &View<'_>, now: &View<'_>) {
        for name in was.required.difference(&now.required) {
            if now.properties.contains_key(name) {
                self.broken(&format!("{part} /{name}"), "may be missing now");
            }
        }
        if was.values.is_some() && now.values.is_none() {
            self.broken(part, "is not a closed list any more");
        }
        if was.pattern.is_some() && now.pattern != was.pattern {
            self.broken(part, "another pattern");
        }
    }
}
