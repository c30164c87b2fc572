use super::*;
use domain::text::blocks::Block;

const PAGE: &str = "首页 资讯 正文\n\n渡轮停航 议会投票\n\n体育正文 283 0\n\n渡轮停航 议会投票\n\n收购(shōugòu)股份,是(shì)一场。\n\n\
    第二段(dìèrduàn)说了很多话,长得不能再长的一段话,又说了一遍。\n\n一封信(xìn)\n\n“当我在(zài)2016年创立时。”\n\n下一篇：别的\n\n\
    渡轮停航 议会投票\n\n欢迎 发表评论:\n\n评论列表\n\n暂无评论,快抢沙发吧~\n";

const HTML: &str = r#"<!DOCTYPE html><html lang="en"><head><title>The last ferry | Halden Times</title>
<meta property="article:published_time" content="2025-06-14T08:00:00+02:00"><meta property="article:section" content="Harbour">
<meta name="author" content="Ines Halloran"><meta name="description" content="It sails on Sunday.">
<meta property="og:image" content="https://images.example/ferry.jpg"><link rel="canonical" href="https://halden.example/ferry">
</head><body><nav class="breadcrumb"><a href="/">Home</a> <a href="/news">News</a></nav>
<header><a href="/">Halden Times</a></header><main><article><h1>The last ferry</h1><p class="meta">Harbour 2025-06-14 1,283 views</p>
<p>The council of Halden voted on Tuesday to end the crossing, which has run for a hundred and twelve winters, and nobody on the quay was surprised by it.</p>
<h2>What comes next</h2><p>A bridge was built in the meantime, said its chairwoman, and it is used by forty times as many people as the ferry ever carried in a day.</p>
<figure><img src="https://images.example/quay.jpg" alt="The quay" width="800" height="600"><figcaption>The quay.</figcaption></figure>
<p>The boat itself will be sold, she said, unless somebody comes forward who wants to keep it afloat as a museum of the harbour and its people.</p>
<p>Next: The bridge</p></article></main>
<section class="related"><a href="/bridge">The bridge</a></section>
<form id="respond"><p>Leave a comment</p><textarea></textarea></form></body></html>"#;

fn importer<'a>(store: &'a Store, clock: &'a dyn Clock) -> PageImporter<'a> {
    PageImporter {
        store,
        clock,
        ids: Arc::new(Ids::random().unwrap()),
        section: None,
        readings: Readings::Ruby,
        dry_run: false,
    }
}

fn kinds(page: &Page) -> Vec<&'static str> {
    let kind = |block: &Block| match block {
        Block::Paragraph { .. } => "p",
        Block::Heading { .. } => "h",
        Block::Image(_) => "image",
        _ => "other",
    };
    page.blocks.iter().map(kind).collect()
}

#[test]
fn a_page_of_text_is_read() {
    let page = text::read(PAGE).unwrap();
    assert_eq!(page.title, "渡轮停航 议会投票");
    assert_eq!(page.trail, ["资讯"]);
    assert_eq!(page.section.as_deref(), Some("体育"));
    assert_eq!((page.views, page.comments), (Some(283), Some(0)));
    assert_eq!(kinds(&page), ["p", "p", "h", "p"]);
    for nothing in ["", "\n \n", "A headline"] {
        assert!(text::read(nothing).is_err(), "{nothing:?}");
    }
}

#[test]
fn a_saved_page_is_read() {
    let page = html::read(HTML).unwrap();
    assert_eq!(page.title, "The last ferry");
    assert_eq!(page.trail, ["News"]);
    assert_eq!(page.section.as_deref(), Some("Harbour"));
    assert_eq!(page.author.as_deref(), Some("Ines Halloran"));
    assert_eq!(page.summary.as_deref(), Some("It sails on Sunday."));
    assert_eq!(page.views, Some(1283));
    assert_eq!(
        page.published_at.map(|at| at.to_string()).as_deref(),
        Some("2025-06-14T06:00:00.000Z")
    );
    assert_eq!(
        page.address.as_deref(),
        Some("https://halden.example/ferry")
    );
    assert_eq!(
        page.lead_image.as_ref().unwrap().url,
        "https://images.example/ferry.jpg"
    );
    assert_eq!(kinds(&page), ["p", "h", "p", "image", "p"]);
    assert!(html::read("<html><body></body></html>").is_err());
}

#[test]
fn pages_go_in_once_and_follow_their_files() {
    use crate::clock::ManualClock;
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("news.db").display());
    let store = Store::open(storage::Settings::new(url.as_str())).unwrap();
    store.migrate().unwrap();
    let clock = ManualClock::at(Timestamp::parse("2026-11-28T00:00:00Z").unwrap());
    let pages = directory.path().join("pages");
    fs::create_dir(&pages).unwrap();
    fs::write(pages.join("a.txt"), PAGE).unwrap();
    fs::write(pages.join("b.html"), HTML).unwrap();
    fs::write(pages.join("c.html"), [0xff, 0xfe]).unwrap();
    fs::write(pages.join("d.jpg"), "x").unwrap();
    let files = files(&pages).unwrap();
    assert_eq!(files.len(), 3);
    let dry = PageImporter {
        dry_run: true,
        ..importer(&store, &clock)
    };
    let shown = dry.import(&files[0]).unwrap().outcome.unwrap();
    assert_eq!(shown.imported, None);
    assert!(shown.to_string().contains("readings"), "{shown}");
    let all = |importer: &PageImporter<'_>| -> Vec<_> {
        let done = files
            .iter()
            .map(|file| importer.import(file).unwrap().outcome);
        done.map(|outcome| outcome.ok().map(|taken| taken.imported.unwrap()))
            .collect()
    };
    let importer = importer(&store, &clock);
    let (new, same) = (Some(Imported::Created), Some(Imported::Unchanged));
    assert_eq!(all(&importer), [new, new, None]);
    assert_eq!(all(&importer), [same, same, None]);
    fs::write(&files[0], PAGE.replace("收购", "收买")).unwrap();
    clock.advance_millis(60_000);
    assert_eq!(all(&importer), [Some(Imported::Updated), same, None]);
    // The time that it came first, for it names none itself.
    let lines = "SELECT CAST(published_at AS TEXT) || ' ' || CAST(updated_at AS TEXT) AS line \
        FROM published_articles WHERE language = 'zh'";
    let came = Timestamp::parse("2026-11-28T00:00:00Z")
        .unwrap()
        .as_millis();
    let times = storage::testing::lines(&url, lines).unwrap();
    assert_eq!(times, [format!("{came} {}", came + 60_000)]);
    let named = PageImporter {
        section: Some("体育".to_owned()),
        ..importer
    };
    let moved = named.import(&files[1]).unwrap().outcome.unwrap();
    assert_eq!(moved.section, "体育");
    let lines = store.read_blocking(storage::sections::list).unwrap();
    let sections: Vec<&str> = lines.iter().map(|section| section.name.as_str()).collect();
    let mut sorted = sections.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["Harbour", "News", "体育", "资讯"]);
    let above = |name: &str| lines.iter().find(|one| one.name == name).unwrap();
    assert_eq!(above("体育").parent, Some(above("资讯").id));
    assert_eq!(above("Harbour").parent, Some(above("News").id));
}
