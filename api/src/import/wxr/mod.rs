//! WordPress exports (WXR 1.0 to 1.2).

mod lines;
mod markup;
pub mod model;
mod paragraphs;
mod plan;
pub mod reader;
pub mod report;
mod shortcode;
mod words;
