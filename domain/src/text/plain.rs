//! Plain text from sanitised HTML.

use super::tokens::{Piece, tokenize};

/// The text of sanitised HTML: paragraphs, headings and other blocks separated by a blank line,
/// items of lists and rows of tables by a line break, cells by a tab. Outside `pre`, white space
/// is folded as a browser folds it. Annotations over characters (`ruby`) follow in brackets.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let mut writer = Writer::default();
    tokenize(html, |piece| match piece {
        Piece::Open { name, .. } => writer.open(name),
        Piece::Close(name) => writer.close(name),
        Piece::Text(text) => writer.text(text),
    });
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line breaks due before the next text.
    breaks: usize,
    /// A blank due before the next text, if no line break is.
    blank: Option<char>,
    pre: usize,
    /// Whether the ruby annotation brings its own brackets.
    bracketed: bool,
}

impl Writer {
    fn open(&mut self, name: &str) {
        match name {
            "br" => {
                self.breaks = (self.breaks + 1).min(2);
                self.blank = None;
            }
            "ruby" => self.bracketed = false,
            "rp" => self.bracketed = true,
            "rt" if !self.bracketed => self.write('('),
            "td" | "th" if self.breaks == 0 && !self.out.is_empty() => self.blank = Some('\t'),
            _ => self.separate(name),
        }
        self.pre += usize::from(name == "pre");
    }

    fn close(&mut self, name: &str) {
        match name {
            "rt" if !self.bracketed => self.write(')'),
            _ => self.separate(name),
        }
        self.pre = self.pre.saturating_sub(usize::from(name == "pre"));
    }

    fn separate(&mut self, name: &str) {
        let breaks = match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "figure"
            | "figcaption" | "table" | "caption" | "ul" | "ol" | "dl" | "hr" => 2,
            "li" | "tr" | "dt" | "dd" => 1,
            _ => return,
        };
        self.breaks = self.breaks.max(breaks);
        self.blank = None;
    }

    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' if self.pre > 0 => {
                    self.breaks += 1;
                    self.blank = None;
                }
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if self.pre == 0 => {
                    self.blank = self.blank.or(Some(' '));
                }
                _ => self.write(character),
            }
        }
    }

    fn write(&mut self, character: char) {
        if !self.out.is_empty() {
            if self.breaks > 0 {
                self.out.extend(std::iter::repeat_n('\n', self.breaks));
            } else if let Some(blank) = self.blank {
                self.out.push(blank);
            }
        }
        self.breaks = 0;
        self.blank = None;
        self.out.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_set_apart() {
        let html = "<h2>Title</h2>\n<p>One\n <em>two</em>  three.<br>Four</p><p>Five &amp; six</p>\
                    <ul><li>a</li><li>b</li></ul><table><tr><th>x</th><td>y</td></tr><tr><td>z</td></tr></table>";
        assert_eq!(
            plain_text(html),
            "Title\n\nOne two three.\nFour\n\nFive & six\n\na\nb\n\nx\ty\nz"
        );
    }

    #[test]
    fn code_keeps_its_lines() {
        assert_eq!(
            plain_text("<p>a</p><pre><code>b\n\n\n  c\n</code></pre><p>d</p>"),
            "a\n\nb\n\n\n  c\n\nd"
        );
    }

    #[test]
    fn annotations_stand_in_brackets() {
        assert_eq!(
            plain_text("<p><ruby>收购<rt>shōugòu</rt></ruby>股份</p>"),
            "收购(shōugòu)股份"
        );
        assert_eq!(
            plain_text("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字"),
            "漢(kan)字"
        );
    }
}
