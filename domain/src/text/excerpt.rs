//! The beginning of a text, to stand for it.

use unicode_segmentation::UnicodeSegmentation;

use super::blocks::{Block, Span};

/// The longest excerpt, in characters.
pub const EXCERPT_MAX: usize = 280;
/// An excerpt goes on until it has so many characters, if whole sentences allow it.
const ENOUGH: usize = 120;

/// Whole sentences from the paragraphs of a body, up to 280 characters; of a first sentence that is
/// longer, whole words and an ellipsis. `None` if nothing is said.
pub(super) fn excerpt(blocks: &[Block]) -> Option<String> {
    let mut excerpt = Excerpt::default();
    paragraphs(blocks, &mut |spans| excerpt.paragraph(spans));
    let made = excerpt.made.trim_end();
    (!made.is_empty()).then(|| made.to_owned())
}

/// Calls for each paragraph until it is told that it is enough. Headings, captions, code and tables
/// say nothing by themselves.
fn paragraphs(blocks: &[Block], take: &mut impl FnMut(&[Span]) -> bool) -> bool {
    blocks.iter().all(|block| match block {
        Block::Paragraph { spans } => take(spans),
        Block::Quote { blocks, .. } => paragraphs(blocks, take),
        Block::List { items, .. } => items.iter().all(|item| paragraphs(item, take)),
        // What follows is another part, or the footnotes.
        Block::Divider => false,
        _ => true,
    })
}

/// The number of a footnote.
fn is_note_mark(span: &Span) -> bool {
    span.href
        .as_ref()
        .is_some_and(|href| href.starts_with("#fn"))
}

#[derive(Default)]
struct Excerpt {
    made: String,
    characters: usize,
}

impl Excerpt {
    /// Whether there is room for more.
    fn paragraph(&mut self, spans: &[Span]) -> bool {
        // More than fits is not looked at, however long a paragraph is.
        let text: String = spans
            .iter()
            .filter(|span| !is_note_mark(span))
            .flat_map(|span| span.text.chars())
            .take(4 * EXCERPT_MAX)
            .map(|character| if character == '\n' { ' ' } else { character })
            .collect();
        if self.characters > 0 && !self.made.ends_with(' ') {
            self.made.push(' ');
            self.characters += 1;
        }
        for sentence in text.split_sentence_bounds() {
            let characters = sentence.graphemes(true).count();
            let shown = sentence.trim_end().graphemes(true).count();
            if self.characters + shown > EXCERPT_MAX {
                if self.characters == 0 {
                    self.made = cut(sentence);
                }
                return false;
            }
            self.made.push_str(sentence);
            self.characters += characters;
        }
        self.characters < ENOUGH
    }
}

/// As many whole words as fit before an ellipsis.
fn cut(sentence: &str) -> String {
    let mut made = String::new();
    let mut characters = 1;
    for word in sentence.split_word_bounds() {
        characters += word.graphemes(true).count();
        if characters > EXCERPT_MAX {
            break;
        }
        made.push_str(word);
    }
    if made.is_empty() {
        made = sentence.graphemes(true).take(EXCERPT_MAX - 1).collect();
    }
    let made =
        made.trim_end_matches(|last: char| last.is_whitespace() || ",;:，、；：".contains(last));
    format!("{made}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(paragraphs: &[&str]) -> Option<String> {
        let paragraph = |text: &&str| Block::Paragraph {
            spans: vec![Span::plain((*text).to_owned())],
        };
        excerpt(&paragraphs.iter().map(paragraph).collect::<Vec<_>>())
    }

    #[test]
    fn an_excerpt_ends_with_a_sentence() {
        let sentence = "The council voted on Tuesday to keep the ferry. ";
        let text = sentence.repeat(9);
        assert_eq!(of(&[&text]).unwrap(), sentence.repeat(5).trim_end());
        let chinese = "议会星期二投票决定保留渡轮。".repeat(30);
        let made = of(&[&chinese]).unwrap();
        assert!(
            made.ends_with('。') && made.chars().count() == 280,
            "{made}"
        );
        assert_eq!(of(&["One.", "Two."]).unwrap(), "One. Two.");
        let long = "x".repeat(130) + ".";
        assert_eq!(of(&[&long, "Two."]).unwrap(), long);
    }

    #[test]
    fn a_long_sentence_is_cut_between_words() {
        let made = of(&[&"word, ".repeat(100)]).unwrap();
        assert!(made.ends_with("word…"), "{made}");
        assert!(made.chars().count() <= EXCERPT_MAX);
        let made = of(&[&"x".repeat(5_000)]).unwrap();
        assert_eq!(made.chars().count(), EXCERPT_MAX);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["  "]), None);
    }
}
