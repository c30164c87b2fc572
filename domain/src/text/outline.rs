//! What a body holds besides its text: headings, images, links.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::allowlist::ANCHORS;
use super::plain::plain_text;
use super::tree::{Element, Node, heading_level};
use crate::slug::Slug;

/// The longest name in an anchor, in characters.
const ANCHOR_MAX: usize = 60;

/// The most headings, images and links of a body that are listed, of each. Headings that come later
/// have no anchor.
pub const LISTED_MAX: usize = 1000;

/// A heading in the table of contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The anchor it has in the HTML, unique in the body.
    pub id: String,
    /// What it says, on one line.
    pub text: String,
}

/// An image in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its address as it is written, which may be relative to the page.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// In pixels, where the source says it.
    pub width: Option<i32>,
    /// In pixels, where the source says it.
    pub height: Option<i32>,
}

/// What a body holds besides its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// Its headings that say something, in their order; at most 1000, as of what follows.
    pub headings: Vec<Heading>,
    /// Its images, in their order.
    pub images: Vec<Image>,
    /// Where its links lead, each once, in their order; those within the body are left out.
    pub links: Vec<String>,
}

/// Gives every heading that says something its anchor, lets images be loaded when they are needed,
/// and notes both.
///
/// An anchor is made of what the heading says, so that it stays when other headings come and go.
pub(super) fn outline(nodes: &mut [Node]) -> Outline {
    let mut outliner = Outliner::default();
    outliner.nodes(nodes);
    outliner.outline
}

#[derive(Default)]
struct Outliner {
    outline: Outline,
    /// How often a name was used.
    names: HashMap<String, u32>,
    anchors: HashSet<String>,
    links: HashSet<String>,
}

impl Outliner {
    fn nodes(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            if let Node::Element(element) = node {
                self.element(element);
                self.nodes(&mut element.children);
            }
        }
    }

    fn element(&mut self, element: &mut Element) {
        if let Some(level) = heading_level(element.name) {
            self.heading(level, element);
        }
        match element.name {
            "img" => self.image(element),
            "a" => self.link(element),
            _ => {}
        }
    }

    fn heading(&mut self, level: u8, element: &mut Element) {
        let lines = plain_text(&element.children);
        let text = lines.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() || self.outline.headings.len() == LISTED_MAX {
            element.attributes.retain(|(name, _)| *name != "id");
            return;
        }
        let id = self.anchor(&text);
        element.set("id", id.clone());
        self.outline.headings.push(Heading { level, id, text });
    }

    fn anchor(&mut self, text: &str) -> String {
        let [start, ..] = ANCHORS;
        let head: String = text.chars().take(2 * ANCHOR_MAX).collect();
        let slug = Slug::from_title(&head).map_or_else(|| "part".to_owned(), Slug::into_string);
        let short: String = slug.chars().take(ANCHOR_MAX).collect();
        let name = format!("{start}{}", short.trim_end_matches('-'));
        let mut id = name.clone();
        let used = self.names.entry(name.clone()).or_default();
        // Another heading may say what the number makes of this one.
        while !self.anchors.insert(id.clone()) {
            *used += 1;
            id = format!("{name}-{}", *used + 1);
        }
        id
    }

    fn image(&mut self, element: &mut Element) {
        if element.get("loading").is_none() {
            element.set("loading", "lazy".to_owned());
        }
        if self.outline.images.len() == LISTED_MAX {
            return;
        }
        let alt = element.get("alt").filter(|alt| !alt.is_empty());
        self.outline.images.push(Image {
            url: element.get("src").unwrap_or_default().to_owned(),
            alt: alt.map(str::to_owned),
            width: element.number("width"),
            height: element.number("height"),
        });
    }

    fn link(&mut self, element: &Element) {
        let target = element.get("href").filter(|href| !href.starts_with('#'));
        if let Some(href) = target
            && self.outline.links.len() < LISTED_MAX
            && self.links.insert(href.to_owned())
        {
            self.outline.links.push(href.to_owned());
        }
    }
}
