//! Bodies and comments from their source to what is shown, on good, odd and hostile input.

use domain::text::{Readings, Rendered, Written, render, render_comment, render_comment_html};
use proptest::prelude::*;

fn html(source: &str) -> String {
    render(Written::Html(source), Readings::Ruby).html
}

fn markdown_page(source: &str) -> Rendered {
    render(Written::Markdown(source), Readings::Ruby)
}

fn markdown(source: &str) -> String {
    markdown_page(source).html
}

fn comment(source: &str) -> String {
    render_comment(source).html
}

#[test]
fn markdown_becomes_html_and_text() {
    let page = markdown_page(
        "# Vote\n\nThe *council* voted.\nTwice.\n\n## 收购股份\n\n- a\n- b\n\n| x | y |\n|---|--:|\n| 1 | ~~2~~ |\n\n---\n\n![Hall](/hall.jpg \"T\")\n",
    );
    assert_eq!(
        page.html,
        "<h1 id=\"h-vote\">Vote</h1>\n<p>The <em>council</em> voted.\nTwice.</p>\n<h2 id=\"h-shou-gou-gu-fen\">收购股份</h2>\n\
         <ul>\n<li>a</li>\n<li>b</li>\n</ul>\n\
         <table><thead><tr><th>x</th><th>y</th></tr></thead><tbody>\n\
         <tr><td>1</td><td><del>2</del></td></tr>\n</tbody></table>\n\
         <hr>\n<p><img src=\"/hall.jpg\" alt=\"Hall\" title=\"T\" loading=\"lazy\"></p>"
    );
    assert_eq!(
        page.text,
        "Vote\n\nThe council voted. Twice.\n\n收购股份\n\na\nb\n\nx\ty\n1\t2"
    );
    assert_eq!((page.word_count, page.reading_seconds), (15, 3));
}

#[test]
fn scripts_do_not_get_through() {
    for source in [
        "<script>alert(1)</script>",
        "a <script>alert(1)</script> b",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"java\tscript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        "<svg><animate onbegin=alert(1) attributeName=x></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<p style=\"background:url(javascript:alert(1))\" id=x class=y name=z>x</p>",
        "<form action=javascript:alert(1)><input type=submit></form>",
        "<base href=https://evil.example><meta http-equiv=refresh content=0><link rel=stylesheet href=x>",
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
        "<template><script>alert(1)</script></template>",
        "<textarea><script>alert(1)</script></textarea>",
        "<xmp><img src=x onerror=alert(1)></xmp>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<plaintext><script>alert(1)</script>",
    ] {
        for shown in [html(source), markdown(source), comment(source)] {
            let tags: Vec<&str> = shown.split('<').skip(1).collect();
            for tag in tags {
                let tag = tag.split('>').next().unwrap_or_default().to_lowercase();
                // What stands in quotes is text, but for the start of an address.
                let tag: String = tag.split('"').step_by(2).collect::<String>() + &scheme(&tag);
                for bad in [
                    "script", "onerror", "onbegin", "style", "svg", "math", "iframe", "data:",
                ] {
                    assert!(!tag.contains(bad), "{source} gave {shown}");
                }
                for attribute in [" id=", " class=", " name=", " action="] {
                    assert!(!tag.contains(attribute), "{source} gave {shown}");
                }
            }
        }
    }
}

fn scheme(tag: &str) -> String {
    ["href=\"", "src=\""]
        .iter()
        .filter_map(|key| tag.split_once(key))
        .map(|(_, address)| address.chars().take(12).collect::<String>())
        .collect()
}

#[test]
fn html_of_an_article_keeps_what_is_allowed() {
    for source in [
        "<h1 id=\"h-a\">a</h1><h2 id=\"h-b\">b</h2><h3 id=\"h-c\">c</h3><h6 id=\"h-c-2\">c</h6>",
        "<p>a<sup id=\"fnref-1\"><a href=\"#fn-1\" rel=\"noopener\">1</a></sup></p><ol><li id=\"fn-1\">b</li></ol>",
        "<pre><code class=\"language-rust\">a</code></pre>",
        "<figure><img src=\"https://e.org/a.jpg\" alt=\"A\" width=\"10\" height=\"5\" loading=\"lazy\"><figcaption>C</figcaption></figure>",
        "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>",
        "<p>H<sub>2</sub>O <sup>2</sup> <del>a</del> <abbr title=\"T\">t</abbr> <time datetime=\"2026-11-23\">now</time></p>",
        "<table><caption>T</caption><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>",
        "<blockquote cite=\"https://e.org/\"><p>q</p></blockquote>",
        "<pre><code>a\n  b &lt;c&gt;</code></pre>",
        "<ol start=\"3\"><li>a<ul><li>b</li></ul></li></ol>",
        "<dl><dt>a</dt><dd>b</dd></dl>",
        "<p lang=\"zh-Hans\" dir=\"ltr\">x<br>y</p>",
    ] {
        assert_eq!(html(source), source);
    }
    assert_eq!(
        html("<p><a href=\"/b\" title=\"T\" target=\"_blank\" rel=\"opener\">x</a></p>"),
        "<p><a href=\"/b\" title=\"T\" rel=\"noopener\">x</a></p>"
    );
}

#[test]
fn loose_html_is_put_in_order() {
    for (source, expected) in [
        (
            "one\n\ntwo <b>x</b>\n\n\nthree\n",
            "<p>one</p>\n\n<p>two <b>x</b></p>\n\n<p>three</p>",
        ),
        (
            "<div>a</div><div>b<section>c</section>d</div>",
            "<p>a</p><p>b</p><p>c</p><p>d</p>",
        ),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p><b>a<p>b</b>c", "<p><b>a</b></p><p>bc</p>"),
        (
            "<ul><li>a<li>b<ul><li>c</ul></ul>",
            "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
        ),
        ("<li>a</li><li>b</li>", "<p>a</p><p>b</p>"),
        ("<span>a</span><span>b</span>", "<p>ab</p>"),
        (
            "<h2><div>a</div><div>b</div></h2>",
            "<h2 id=\"h-a-b\">a b</h2>",
        ),
        ("<td><div>a</div>", "<p>a</p>"),
        (
            "<table><tr><td>a<td>b<tr><td>c</table>d",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table><p>d</p>",
        ),
        (
            "<table>stray<tr><td>a</table>",
            "<table><tbody><tr><td>stray</td></tr><tr><td>a</td></tr></tbody></table>",
        ),
        (
            "<a href=\"/a\">x<a href=\"/b\">y</a></a>",
            "<p><a href=\"/a\" rel=\"noopener\">xy</a></p>",
        ),
        ("<a href=\"/a\"><h2>x</h2></a>", "<h2 id=\"h-x\">x</h2>"),
        ("<img src=\"data:image/png;base64,AAAA\" alt=\"x\">", ""),
        ("<p>a</b></i></div>b</p>", "<p>a</p><p>b</p>"),
        (
            "<blockquote>q</blockquote>",
            "<blockquote><p>q</p></blockquote>",
        ),
        ("<pre>\n\n\na</pre>", "<pre>a</pre>"),
        (
            "a &amp; b &lt; c &nbsp; &copy; &#x4e2d;",
            "<p>a &amp; b &lt; c &nbsp; © 中</p>",
        ),
        ("<p>x</p><!-- note --><?php echo 1 ?>", "<p>x</p>"),
        ("", ""),
    ] {
        assert_eq!(html(source), expected, "{source}");
    }
}

#[test]
fn markdown_within_an_article_may_hold_html() {
    assert_eq!(
        markdown(
            "<figure>\n<img src=\"/a.jpg\" onclick=\"x()\">\n<figcaption>C</figcaption>\n</figure>\n\nText <sup>1</sup>."
        ),
        "<figure>\n<img src=\"/a.jpg\" loading=\"lazy\">\n<figcaption>C</figcaption>\n</figure>\n<p>Text <sup>1</sup>.</p>"
    );
}

#[test]
fn comments_show_html_as_typed() {
    for (source, expected) in [
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>"),
        (
            "<script>alert(1)</script>",
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        ),
        ("# Title\none\ntwo", "<p>Title</p>\n<p>one<br>\ntwo</p>"),
        ("![a cat](https://e.org/cat.gif)", "<p>a cat</p>"),
        (
            "**a** _b_ ~~c~~ `d`",
            "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>",
        ),
        (
            "> q\n\n1. a\n2. b",
            "<blockquote>\n<p>q</p>\n</blockquote>\n<ol>\n<li>a</li>\n<li>b</li>\n</ol>",
        ),
        (
            "[x](https://e.org \"T\")",
            "<p><a href=\"https://e.org\" rel=\"nofollow ugc\">x</a></p>",
        ),
        ("[x](/relative)", "<p><a rel=\"nofollow ugc\">x</a></p>"),
        ("| a |\n|---|\n| b |", "<p>| a |<br>\n|---|<br>\n| b |</p>"),
    ] {
        assert_eq!(comment(source), expected, "{source}");
    }
    assert_eq!(render_comment("<b>x</b>\n\n* y").text, "<b>x</b>\n\ny");
    assert_eq!(render_comment("![](https://e.org/x.gif)").html, "");
}

#[test]
fn rows_of_references_are_broken_up_once() {
    let once = html(&"&<x>\u{a0}</x>".repeat(2_000));
    assert_eq!(once.matches("<wbr>").count(), 3);
    assert_eq!(html(&once), once);
}

#[test]
fn imported_comments_keep_the_same_list() {
    let shown =
        render_comment_html("a <em>b</em>\n\n<img src=x onerror=y><script>z</script><h2>c</h2>");
    assert_eq!(shown.html, "<p>a <em>b</em></p>\n\n<p>c</p>");
    assert_eq!(shown.text, "a b\n\nc");
}

fn soup() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![
            "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=\"/x\">", "</a>", "<div>", "</div>", "<ul>", "</ul>",
            "<ol start=2>", "</ol>", "<li>", "</li>", "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>",
            "<caption>", "</caption>", "<tbody>", "</tbody>", "<h2>", "</h2>", "<h3>", "<blockquote>", "</blockquote>",
            "<pre>", "</pre>", "<br>", "<hr>", "<img src=a>", "<figure>", "</figure>", "<figcaption>", "<ruby>", "<rt>",
            "<rp>", "</ruby>", "<dl>", "<dt>", "<dd>", "</dl>", "<span>", "</span>", "<svg>", "</svg>", "<math>", "<mi>",
            "<style>", "</style>", "<script>", "</script>", "<select>", "<option>", "<!--", "-->", "<template>", "<code>",
            "</code>", "<title>", "<textarea>", "</textarea>", "<thead>", "<small>", "<em>", "</em>", "<q>", "</br>",
        ]).prop_map(String::from),
        2 => prop::sample::select(vec![" ", "\n", "\n\n", "\t", "x", "字", "&amp;", "&lt;b&gt;", "&nbsp;", "\u{a0}", "\"", "'"])
            .prop_map(String::from),
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sanitising_twice_changes_nothing(source in soup()) {
        let once = html(&source);
        prop_assert_eq!(html(&once), once.clone());
        let from_markdown = markdown(&source);
        prop_assert_eq!(html(&from_markdown), from_markdown.clone());
    }

    #[test]
    fn no_text_is_lost_from_plain_soup(words in prop::collection::vec("[a-z]{1,5}", 1..8), tags in soup()) {
        let rendered = render(Written::Html(&format!("<p>{}</p>{tags}", words.join(" "))), Readings::Ruby);
        prop_assert!(rendered.text.starts_with(&words.join(" ")));
        prop_assert!(rendered.word_count >= i32::try_from(words.len()).unwrap());
    }

    #[test]
    fn comments_hold_nothing_but_their_list(source in soup()) {
        let shown = comment(&source);
        for tag in shown.split('<').skip(1) {
            let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            let listed = domain::text::allowlist::COMMENT.elements.iter().any(|(element, _)| *element == name);
            prop_assert!(listed, "{} in {}", name, shown);
        }
    }
}
