//! A page as a browser saves it. Which part of it is the article is found as the reader view of a
//! browser finds it; what is known of the article is read where pages say it: schema.org's
//! `NewsArticle`, Open Graph, microdata, and what the page shows.

use dom_query::{Document, Selection};
use dom_smoothie::{Config, Readability};
use domain::article::LeadImage;
use domain::text::blocks::{Block, Span};
use domain::text::{Readings, Written, render};
use domain::{Language, Timestamp};

use super::Page;
use super::frame::{begins_comments, between, counter, date, is_neighbour, meta};

/// A page of more elements is no article.
const MOST_ELEMENTS: usize = 100_000;
const TRAILS: &str = "[itemtype*=BreadcrumbList] [itemprop=name], nav[aria-label*=readcrumb] a, \
    .breadcrumb a, .breadcrumbs a, .crumb a, .crumbs a";
const VIEWS: &str =
    "[itemprop=interactionCount], .views, .view-count, .post-views, .read-count, .hits";
const COMMENT_COUNTS: &str = "[itemprop=commentCount], .comment-count, .comments-count";
/// What a page says of itself that is no part of what it says.
const ASIDE: &str = "nav, form, aside, footer, .breadcrumb, .breadcrumbs, .crumb, .comments, #comments, \
    .comment-list, .comment-form, #respond, .related, .prev-next, .post-navigation";

pub(super) fn read(html: &str) -> Result<Page, String> {
    let document = Document::from(html);
    let mut page = Page {
        trail: trail_of(&document),
        published_at: instant(
            &document,
            &[
                "article:published_time",
                "datePublished",
                "publishdate",
                "pubdate",
            ],
        ),
        section: meta_content(&document, "article:section"),
        author: meta_content(&document, "author"),
        summary: meta_content(&document, "description")
            .or_else(|| meta_content(&document, "og:description")),
        views: count(&document.select(VIEWS)),
        comments: count(&document.select(COMMENT_COUNTS)),
        address: document
            .select("link[rel=canonical]")
            .attr("href")
            .map(|href| href.to_string()),
        ..Page::default()
    };
    let heading = text_of(&document.select("h1").first());
    lines_around(&document, &mut page);
    document.select(ASIDE).remove();
    let config = Config {
        max_elements_to_parse: MOST_ELEMENTS,
        ..Config::default()
    };
    let article = Readability::with_document(document, None, Some(config))
        .and_then(|mut readability| readability.parse())
        .map_err(|error| format!("no article was found in it ({error})"))?;
    page.title = if heading.is_empty() {
        article.title.clone()
    } else {
        heading
    };
    // Some trails end with the headline.
    page.trail.retain(|part| *part != page.title);
    page.published_at = page
        .published_at
        .or_else(|| parsed(article.published_time.as_deref()));
    page.updated_at = parsed(article.modified_time.as_deref());
    page.language = article
        .lang
        .as_deref()
        .and_then(|tag| Language::parse(tag).ok());
    let alt = page.title.clone();
    page.lead_image = article
        .image
        .and_then(|url| LeadImage::new(&url, Some(&alt), None, None, None).ok());
    let rendered = render(Written::Html(&article.content), Readings::Keep);
    page.blocks = body(rendered.blocks, &page.title);
    if page.blocks.is_empty() {
        return Err("there is a headline in it and no text".to_owned());
    }
    Ok(page)
}

fn trail_of(document: &Document) -> Vec<String> {
    let links = document.select(TRAILS);
    let parts: Vec<String> = links.iter().map(|link| text_of(&link)).collect();
    let parts: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    between(&parts).unwrap_or_else(|| parts.iter().map(|part| (*part).to_owned()).collect())
}

/// What the page shows in a line of its own: section, time and counters.
fn lines_around(document: &Document, page: &mut Page) {
    let lines =
        document.select("header *, .meta, .info, .post-meta, .article-meta, .entry-meta, time");
    for line in lines.iter().take(200) {
        let Some(meta) = meta(&text_of(&line)) else {
            continue;
        };
        page.section = page.section.take().or(meta.section);
        page.published_at = page.published_at.or(meta.published_at);
        page.views = page.views.or(meta.views);
        page.comments = page.comments.or(meta.comments);
    }
}

/// The blocks of the article without what repeats its headline, leads elsewhere, or belongs to the
/// comments. A headline within the text is below that of the article.
fn body(blocks: Vec<Block>, title: &str) -> Vec<Block> {
    let said = |block: &Block| match block {
        Block::Paragraph { spans } | Block::Heading { spans, .. } => {
            spans.iter().map(|span| span.text.as_str()).collect()
        }
        _ => String::new(),
    };
    let mut kept: Vec<Block> = Vec::new();
    for block in blocks {
        let line = said(&block);
        let line = line.trim();
        if !kept.is_empty() && begins_comments(line) {
            break;
        }
        let framing =
            line == title || is_neighbour(line) || (kept.is_empty() && meta(line).is_some());
        if framing && !line.is_empty() {
            continue;
        }
        kept.push(match block {
            Block::Heading {
                level: 1, spans, ..
            } => Block::Heading {
                level: 2,
                id: None,
                spans,
            },
            other => other,
        });
    }
    while let Some(Block::Divider) = kept.last() {
        kept.pop();
    }
    kept.retain(|block| !matches!(block, Block::Paragraph { spans } if is_blank(spans)));
    kept
}

fn is_blank(spans: &[Span]) -> bool {
    spans.iter().all(|span| span.text.trim().is_empty())
}

fn count(found: &Selection<'_>) -> Option<i64> {
    found.iter().find_map(|one| {
        let content = one.attr("content").map(|content| content.to_string());
        let text = content.unwrap_or_else(|| text_of(&one));
        text.split_whitespace().find_map(counter)
    })
}

fn meta_content(document: &Document, name: &str) -> Option<String> {
    let found = document.select(&format!("meta[property='{name}'], meta[name='{name}']"));
    let content = found.attr("content")?.trim().to_owned();
    (!content.is_empty()).then_some(content)
}

fn instant(document: &Document, names: &[&str]) -> Option<Timestamp> {
    let by_meta = names.iter().find_map(|name| {
        let itemprop = format!("[itemprop='{name}']");
        let marked = document.select(&itemprop);
        let marked = marked.attr("content").or_else(|| marked.attr("datetime"));
        let marked = marked.map(|text| text.to_string());
        parsed(meta_content(document, name).or(marked).as_deref())
    });
    by_meta.or_else(|| {
        let time = document.select("time[datetime]").attr("datetime");
        parsed(time.as_deref())
    })
}

fn parsed(text: Option<&str>) -> Option<Timestamp> {
    let text = text?.trim();
    let mut words = text.split_whitespace();
    Timestamp::parse(text)
        .ok()
        .or_else(|| date(words.next()?, words.next()))
}

fn text_of(found: &Selection<'_>) -> String {
    let text = found.text();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
