//! What is different between two texts, and between two states of an article.

use std::ops::Range;
use std::time::Instant;

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use unicode_segmentation::UnicodeSegmentation;

use super::ArticleContent;
use crate::named::named;

named! {
    /// A part of an article that is changed as one.
    pub enum Field {
        /// The headline.
        Title = "title",
        /// The slug.
        Slug = "slug",
        /// The summary.
        Summary = "summary",
        /// The language.
        Language = "language",
        /// The section.
        Section = "section",
        /// The byline.
        Authors = "authors",
        /// The tags.
        Tags = "tags",
        /// The other sections it is listed in.
        FurtherSections = "further_sections",
        /// The article it is a translation of.
        TranslationOf = "translation_of",
        /// The picture.
        LeadImage = "lead_image",
        /// What search engines are told.
        Seo = "seo",
        /// The text with its markup.
        Body = "body",
        /// Who may comment.
        Comments = "comments",
        /// What else holds for comments.
        CommentOptions = "comment_options",
    }
}

/// The fields that are not the same on both sides, in their usual order.
#[must_use]
pub fn changed(from: &ArticleContent, to: &ArticleContent) -> Vec<Field> {
    // Taken apart, so that no field is forgotten.
    let ArticleContent {
        title,
        slug,
        summary,
        language,
        section,
        authors,
        tags,
        further_sections,
        translation_of,
        lead_image,
        seo,
        body,
        comments,
        comment_options,
    } = to;
    [
        (Field::Title, *title != from.title),
        (Field::Slug, *slug != from.slug),
        (Field::Summary, *summary != from.summary),
        (Field::Language, *language != from.language),
        (Field::Section, *section != from.section),
        (Field::Authors, *authors != from.authors),
        (Field::Tags, *tags != from.tags),
        (
            Field::FurtherSections,
            *further_sections != from.further_sections,
        ),
        (Field::TranslationOf, *translation_of != from.translation_of),
        (Field::LeadImage, *lead_image != from.lead_image),
        (Field::Seo, *seo != from.seo),
        (Field::Body, *body != from.body),
        (Field::Comments, *comments != from.comments),
        (
            Field::CommentOptions,
            *comment_options != from.comment_options,
        ),
    ]
    .into_iter()
    .filter_map(|(field, changed)| changed.then_some(field))
    .collect()
}

/// Where a piece of text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// On both sides.
    Equal,
    /// In the new text alone.
    Insert,
    /// In the old text alone.
    Delete,
}

/// A piece of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands.
    pub op: Op,
    /// What it says; never empty.
    pub text: String,
}

/// As many bytes on both sides together are compared word by word, longer stretches line by line.
const BY_WORDS_MAX: usize = 64 * 1024;

/// The pieces of which two texts are made: those that are equal or inserted make up `to`, those
/// that are equal or deleted `from`.
///
/// Texts are compared by words; long ones by lines first, and by words where lines changed. What
/// is not found out by `deadline` counts as changed, so that no pair of texts takes long.
#[must_use]
pub fn words(from: &str, to: &str, deadline: Instant) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    if is_short(from, to) {
        pieces.compare(&split_words(from), &split_words(to), deadline, false);
    } else {
        let (from, to): (Vec<&str>, Vec<&str>) = (
            from.split_inclusive('\n').collect(),
            to.split_inclusive('\n').collect(),
        );
        pieces.compare(&from, &to, deadline, true);
    }
    pieces.0
}

fn is_short(from: &str, to: &str) -> bool {
    from.len().saturating_add(to.len()) <= BY_WORDS_MAX
}

fn split_words(text: &str) -> Vec<&str> {
    text.split_word_bounds().collect()
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, op: Op, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.op == op => last.text.push_str(text),
            _ => self.0.push(Piece {
                op,
                text: text.to_owned(),
            }),
        }
    }

    /// Adds what two rows of tokens are made of; with `closer`, what was replaced is looked at
    /// word by word.
    fn compare(&mut self, from: &[&str], to: &[&str], deadline: Instant, closer: bool) {
        for found in capture_diff_slices_deadline(Algorithm::Myers, from, to, Some(deadline)) {
            let old = text_of(from, found.old_range());
            let new = text_of(to, found.new_range());
            match found {
                DiffOp::Equal { .. } => self.push(Op::Equal, &new),
                DiffOp::Replace { .. } if closer && is_short(&old, &new) => {
                    self.compare(&split_words(&old), &split_words(&new), deadline, false);
                }
                DiffOp::Replace { .. } | DiffOp::Delete { .. } | DiffOp::Insert { .. } => {
                    self.push(Op::Delete, &old);
                    self.push(Op::Insert, &new);
                }
            }
        }
    }
}

fn text_of(tokens: &[&str], range: Range<usize>) -> String {
    tokens.get(range).unwrap_or_default().concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(200)
    }

    fn side(pieces: &[Piece], without: Op) -> String {
        let kept = pieces.iter().filter(|piece| piece.op != without);
        kept.map(|piece| piece.text.as_str()).collect()
    }

    fn shown(pieces: &[Piece]) -> String {
        let sign = |op| match op {
            Op::Equal => "=",
            Op::Insert => "+",
            Op::Delete => "-",
        };
        let all = pieces
            .iter()
            .map(|piece| format!("{}{}", sign(piece.op), piece.text));
        all.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_changed_word_is_found() {
        let pieces = words("The last ferry sails.", "The first ferry sails.", soon());
        assert_eq!(shown(&pieces), "=The |-last|+first|= ferry sails.");
        let pieces = words("末班渡轮", "首班渡轮", soon());
        assert_eq!(shown(&pieces), "-末|+首|=班渡轮");
        assert_eq!(words("", "", soon()), []);
        assert_eq!(shown(&words("", "New", soon())), "+New");
    }

    #[test]
    fn a_long_text_is_looked_at_closer_where_it_changed() {
        let line = "A line that says nothing new at all, and goes on like this.\n";
        let long = line.repeat(3000);
        let mut other = long.clone();
        other.push_str("The end.\n");
        other.insert_str(0, "Begin here. ");
        let pieces = words(&long, &other, soon());
        assert_eq!(side(&pieces, Op::Delete), other);
        assert_eq!(side(&pieces, Op::Insert), long);
        let inserted: Vec<_> = pieces
            .iter()
            .filter(|piece| piece.op == Op::Insert)
            .collect();
        assert!(inserted.iter().map(|piece| piece.text.len()).sum::<usize>() < 200);
    }

    #[test]
    fn two_hostile_texts_take_no_time() {
        let text = |seed: u64, separator: &str| {
            let mut state = seed;
            let mut text = String::new();
            while text.len() < 1024 * 1024 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                text.push_str(&(state >> 60).to_string());
                text.push_str(separator);
            }
            text
        };
        for separator in ["\n", " "] {
            let (from, to) = (text(1, separator), text(2, separator));
            let began = Instant::now();
            let pieces = words(&from, &to, soon());
            assert!(
                began.elapsed() < Duration::from_secs(5),
                "{:?}",
                began.elapsed()
            );
            assert_eq!(side(&pieces, Op::Delete), to);
            assert_eq!(side(&pieces, Op::Insert), from);
        }
    }

    proptest! {
        #[test]
        fn the_pieces_make_up_both_texts(from in "[ab \n字é]{0,60}", to in "[ab \n字é]{0,60}") {
            let pieces = words(&from, &to, soon());
            prop_assert_eq!(side(&pieces, Op::Delete), to.as_str());
            prop_assert_eq!(side(&pieces, Op::Insert), from.as_str());
            prop_assert!(pieces.iter().all(|piece| !piece.text.is_empty()));
            let mut by_lines = Pieces::default();
            let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
            by_lines.compare(&lines(&from), &lines(&to), soon(), true);
            prop_assert_eq!(side(&by_lines.0, Op::Delete), to);
            prop_assert_eq!(side(&by_lines.0, Op::Insert), from);
        }
    }
}
