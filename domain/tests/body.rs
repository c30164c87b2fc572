//! The forms of a body: what each source becomes, and that all forms say the same.

use domain::text::blocks::{Block, Mark, Span};
use domain::text::{Readings, Rendered, Written, render, ruby};
use proptest::prelude::*;

fn markdown(source: &str) -> Rendered {
    render(Written::Markdown(source), Readings::Ruby)
}

fn html(source: &str) -> Rendered {
    render(Written::Html(source), Readings::Ruby)
}

/// The text of blocks, without spaces and line breaks.
fn said(blocks: &[Block]) -> String {
    let spans = |spans: &[Span]| spans.iter().map(|s| s.text.as_str()).collect::<String>();
    let texts = blocks.iter().map(|block| match block {
        Block::Paragraph { spans: own } | Block::Heading { spans: own, .. } => spans(own),
        Block::List { items, .. } => items.iter().map(|item| said(item)).collect(),
        Block::Quote { blocks, .. } => said(blocks),
        Block::Code { text, .. } => text.clone(),
        Block::Image(image) => spans(&image.caption),
        Block::Table { caption, rows } => {
            let cells = rows.iter().flatten().map(|cell| spans(&cell.spans));
            spans(caption) + &cells.collect::<String>()
        }
        Block::Embed { url, caption } => url.clone() + &spans(caption),
        Block::Divider => String::new(),
    });
    squeezed(&texts.collect::<String>())
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

fn readings(blocks: &[Block]) -> Vec<(String, String)> {
    let Some(Block::Paragraph { spans }) = blocks.first() else {
        return Vec::new();
    };
    let read = |span: &Span| Some((span.text.clone(), span.reading.clone()?));
    spans.iter().filter_map(read).collect()
}

#[test]
fn readings_stand_over_their_characters_in_every_form() {
    let source = "收购(shōugòu)股份是(shì)世界上(shìjièshàng)**最大的**(zuìdàde)(zuìdàde)交易(Meta),`码(mǎ)`。";
    let page = markdown(source);
    assert_eq!(
        page.html,
        "<p><ruby>收购<rt>shōugòu</rt></ruby>股份<ruby>是<rt>shì</rt></ruby><ruby>世界上<rt>shìjièshàng</rt></ruby>\
         <strong><ruby>最大的<rt>zuìdàde</rt></ruby></strong>交易(Meta),<code>码(mǎ)</code>。</p>"
    );
    assert_eq!(page.text, "收购股份是世界上最大的交易(Meta),码(mǎ)。");
    assert_eq!(page.excerpt.as_deref(), Some(page.text.as_str()));
    let read = |base: &str, reading: &str| (base.to_owned(), reading.to_owned());
    assert_eq!(
        readings(&page.blocks),
        [
            read("收购", "shōugòu"),
            read("是", "shì"),
            read("世界上", "shìjièshàng"),
            read("最大的", "zuìdàde")
        ]
    );
    let stripped = render(Written::Markdown(source), Readings::Strip);
    assert_eq!(stripped.text, page.text);
    assert!(!stripped.html.contains("<ruby>") && readings(&stripped.blocks).is_empty());
    let kept = render(Written::Markdown(source), Readings::Keep);
    assert!(kept.text.starts_with("收购(shōugòu)股份") && !kept.html.contains("ruby"));
}

#[test]
fn readings_are_cut_where_markup_is() {
    assert_eq!(
        html("<p>收<b>购</b>(shōugòu)</p>").html,
        "<p><ruby>收<rt>shōu</rt></ruby><b><ruby>购<rt>gòu</rt></ruby></b></p>"
    );
    assert_eq!(
        html("<p><ruby>收购<rt>shōugòu</rt></ruby>(shōugòu)<i>(shōugòu)</i>股(gǔ)</p>").html,
        "<p><ruby>收购<rt>shōugòu</rt></ruby><ruby>股<rt>gǔ</rt></ruby></p>"
    );
    // A line ends what a reading may read.
    let apart = "<p>收</p><p>(shōu)</p>";
    assert_eq!(html(apart).html, apart);
    // It must read exactly what stands before it.
    let more = "<p>西(xī'ān)安(xī'ān)</p>";
    assert_eq!(html(more).html, more);
}

#[test]
fn markdown_and_html_may_carry_ruby_themselves() {
    assert_eq!(
        markdown("{漢字|かんじ}と{電子|でん|し}、{a|b}、{漢|}").html,
        "<p><ruby>漢字<rt>かんじ</rt></ruby>と<ruby>電<rt>でん</rt></ruby><ruby>子<rt>し</rt></ruby>、{a|b}、{漢|}</p>"
    );
    assert_eq!(markdown("{漢字|かんじ}を読む").text, "漢字を読む");
    assert_eq!(
        render(Written::Markdown("{漢字|かんじ}"), Readings::Keep).text,
        "{漢字|かんじ}"
    );
    assert_eq!(html("{漢字|かんじ}").text, "{漢字|かんじ}");
    let stripped = render(
        Written::Html("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字</p>"),
        Readings::Strip,
    );
    assert_eq!(stripped.html, "<p>漢字</p>");
}

#[test]
fn footnotes_stand_below_and_lead_back() {
    let page = markdown(
        "One[^b] two[^a] three[^b].\n\n[^a]: A *note*.\n[^b]: Another.\n[^c]: Unused.\n\nEnd[^x].",
    );
    assert_eq!(
        page.html,
        "<p>One<sup id=\"fnref-1\"><a href=\"#fn-1\" rel=\"noopener\">1</a></sup> \
         two<sup id=\"fnref-2\"><a href=\"#fn-2\" rel=\"noopener\">2</a></sup> \
         three<sup><a href=\"#fn-1\" rel=\"noopener\">1</a></sup>.</p>\n<p>End[^x].</p>\n<hr>\n<ol>\n\
         <li id=\"fn-1\">\n<p>Another. <a href=\"#fnref-1\" rel=\"noopener\">↩</a></p>\n</li>\n\
         <li id=\"fn-2\">\n<p>A <em>note</em>. <a href=\"#fnref-2\" rel=\"noopener\">↩</a></p>\n</li>\n</ol>"
    );
    assert_eq!(
        page.text,
        "One two three.\n\nEnd[^x].\n\nAnother.\n\nA note."
    );
    assert!(page.outline.links.is_empty());
}

#[test]
fn bare_addresses_are_links() {
    let page = markdown(
        "看https://a.example/x_y?z=1吧, www.b.example. `https://c.example` [d](https://d.example) e.example javascript://x",
    );
    assert_eq!(
        page.outline.links,
        [
            "https://a.example/x_y?z=1",
            "https://www.b.example",
            "https://d.example"
        ]
    );
    assert!(
        page.html.contains(">https://a.example/x_y?z=1</a>吧"),
        "{}",
        page.html
    );
    assert!(html("<p>https://a.example</p>").outline.links.is_empty());
}

#[test]
fn frames_become_links_to_what_they_show() {
    let page = html(
        "<p>a</p><iframe src=\"//www.example.com/v/1\" onload=x>no</iframe><iframe src=javascript:x></iframe>b",
    );
    assert_eq!(
        page.html,
        "<p>a</p><figure><a href=\"https://www.example.com/v/1\" rel=\"noopener\">https://www.example.com/v/1</a></figure><p>b</p>"
    );
    assert!(
        matches!(&page.blocks[1], Block::Embed { url, .. } if url == "https://www.example.com/v/1")
    );
}

#[test]
fn headings_have_stable_anchors() {
    let page = markdown(
        "# The vote\n\n## The vote\n\n## The vote 2\n\n## 收购(shōugòu)股份\n\n## — …\n\n##\n",
    );
    let ids: Vec<&str> = page
        .outline
        .headings
        .iter()
        .map(|h| h.id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "h-the-vote",
            "h-the-vote-2",
            "h-the-vote-2-2",
            "h-shou-gou-gu-fen",
            "h-part"
        ]
    );
    assert_eq!(page.outline.headings[3].text, "收购股份");
    let with_more = markdown("# Before\n\n# The vote\n");
    assert!(with_more.html.contains("<h1 id=\"h-the-vote\">"));
    assert!(html("<h2 id=\"login\">x</h2>").html.contains("id=\"h-x\""));
}

fn span(text: &str) -> Vec<Span> {
    vec![Span::plain(text.to_owned())]
}

#[test]
fn blocks_come_back_as_they_were_given() {
    let source = "# A\n\nOne **two** [three](https://e.org/ \"t\").\n\n1. a\n2. b\n   - c\n\n> q\n\n```rust\nlet x = 1;\n```\n\n| h |\n|---|\n| 1 |\n\n---\n\n收购(shōugòu)";
    let page = markdown(source);
    let again = render(Written::Blocks(&page.blocks), Readings::Ruby);
    assert_eq!(again.blocks, page.blocks);
    assert_eq!(again.text, page.text);
    assert_eq!(again.outline, page.outline);
    let image = Block::Image(domain::text::blocks::ImageBlock {
        url: "/a.jpg".to_owned(),
        caption: span("C"),
        width: Some(3),
        ..Default::default()
    });
    let embed = Block::Embed {
        url: "https://v.example/1".to_owned(),
        caption: span("V"),
    };
    let given = [image, embed, Block::Divider];
    assert_eq!(
        render(Written::Blocks(&given), Readings::Ruby).blocks,
        given
    );
}

#[test]
fn blocks_carry_nothing_that_html_may_not() {
    let bad = Span {
        text: "<script>x</script>".to_owned(),
        marks: vec![Mark::Strong],
        href: Some("javascript:x".to_owned()),
        reading: None,
    };
    let blocks = [
        Block::Paragraph { spans: vec![bad] },
        Block::Embed {
            url: "javascript:x".to_owned(),
            caption: Vec::new(),
        },
        Block::Code {
            text: "</code><img src=x onerror=y>".to_owned(),
            language: Some("\"><script>".to_owned()),
        },
    ];
    let page = render(Written::Blocks(&blocks), Readings::Ruby);
    assert_eq!(
        page.html,
        "<p><a rel=\"noopener\"><strong>&lt;script&gt;x&lt;/script&gt;</strong></a></p>\n\
         <figure><a rel=\"noopener\">javascript:x</a></figure>\n\
         <pre><code>&lt;/code&gt;&lt;img src=x onerror=y&gt;</code></pre>"
    );
    let debug = format!("{:?}", page.blocks);
    assert!(
        !debug.contains("href: Some") && !debug.contains("language: Some"),
        "{debug}"
    );
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "收购(shōugòu)", "的(de)(de)", "重庆（chóngqìng）", "股份", "(Meta)", "f(x)", "**", "*", "_", "`", "[", "](/a)", "![",
            "<b>", "</b>", "<ruby>漢<rt>hàn</rt></ruby>", "{漢字|かんじ}", "\n\n", "\n", "- ", "> ", "# ", "|", "---", "    ",
            "https://e.example/a", "[^1]", "[^1]: ", "<i>(shōugòu)</i>", "~~", "&amp;", "<br>", "<code>", "</code>", "<p>",
        ]).prop_map(String::from),
        1 => "[a-z一-丏]{1,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_made_is_made_again_as_it_is(parts in prop::collection::vec(piece(), 0..24)) {
        let source = parts.concat();
        for made in [markdown(&source), html(&source)] {
            let again = html(&made.html);
            prop_assert_eq!(&again.html, &made.html);
            prop_assert_eq!(&again.text, &made.text);
            prop_assert_eq!(&again.blocks, &made.blocks);
            prop_assert_eq!(&again.outline, &made.outline);
        }
    }

    #[test]
    fn every_form_says_the_same(parts in prop::collection::vec(piece(), 0..24)) {
        // Footnote numbers are in blocks alone.
        let source = parts.concat().replace("[^1]", "");
        let made = markdown(&source);
        prop_assert_eq!(said(&made.blocks), squeezed(&made.text));
    }

    #[test]
    fn no_reading_is_left_and_no_character_lost(
        parts in prop::collection::vec(prop::sample::select(vec![
            "收购(shōugòu)", "的(de)(de)", "重庆（chóngqìng）", "行(háng)(xíng)", "股份", "(Meta)", "f(x)", "(", ")", ", ", "a", "<b>", "</b>",
        ]), 0..20),
    ) {
        let source = format!("<p>x{}</p>", parts.concat());
        let ruby = html(&source);
        let stripped = render(Written::Html(&ruby.html), Readings::Strip);
        prop_assert_eq!(&stripped.text, &ruby.text);
        prop_assert_eq!(ruby::strip(&ruby.text), ruby.text.clone());
        let kept = render(Written::Html(&source), Readings::Keep).text;
        prop_assert_eq!(ruby::strip(&kept), ruby.text);
    }
}
