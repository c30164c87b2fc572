//! What stands around an article on a page, whatever the page is: the trail above it, the line with
//! its section and counters, the links to its neighbours, the comment form.

use domain::Timestamp;

/// What a trail begins with.
const HOME: &[&str] = &[
    "首页",
    "首頁",
    "主页",
    "主頁",
    "网站首页",
    "home",
    "homepage",
    "start",
];
/// What a trail ends with when the article itself is meant.
const HERE: &[&str] = &[
    "正文", "内容", "內容", "文章", "详情", "詳情", "article", "story",
];
/// What the part of a page begins with that belongs to its comments.
const COMMENTS: &[&str] = &[
    "发表评论",
    "發表評論",
    "欢迎 发表评论",
    "欢迎发表评论",
    "我要评论",
    "评论列表",
    "評論列表",
    "暂时没有评论",
    "暂无评论",
    "网友评论",
    "相关评论",
    "热门评论",
    "最新评论",
    "leave a comment",
    "leave a reply",
    "post a comment",
    "add a comment",
    "no comments yet",
    "comments",
];
/// What a link to a neighbour, or to more of the same, begins with.
const NEIGHBOURS: &[&str] = &[
    "上一篇",
    "下一篇",
    "上一页",
    "下一页",
    "相关阅读",
    "相关文章",
    "相关推荐",
    "推荐阅读",
    "猜你喜欢",
    "热门推荐",
    "previous article",
    "next article",
    "previous:",
    "next:",
    "read more:",
    "related articles",
    "related:",
];
/// What a counter is called.
const COUNTERS: &[&str] = &[
    "阅读量",
    "阅读",
    "閱讀",
    "浏览量",
    "浏览",
    "瀏覽",
    "点击",
    "點擊",
    "查看",
    "评论",
    "評論",
    "人气",
    "views",
    "view",
    "reads",
    "comments",
    "comment",
    "次",
    "条",
];
/// The longest line that may be part of the frame, in characters.
const LONGEST: usize = 60;

/// The line with the section, the time and the counters of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) section: Option<String>,
    pub(super) published_at: Option<Timestamp>,
    pub(super) views: Option<i64>,
    pub(super) comments: Option<i64>,
}

/// The parts of a trail between home and the article, if the line is one.
pub(super) fn trail(line: &str) -> Option<Vec<String>> {
    if line.chars().count() > LONGEST {
        return None;
    }
    let marks = ['›', '>', '»', '→', '|', '/'];
    let parts: Vec<&str> = if line.contains(marks) {
        line.split(marks).map(str::trim).collect()
    } else {
        line.split_whitespace().collect()
    };
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    // A headline may begin with the word for home: without marks between its parts, a trail has to end as
    // one.
    let ends = parts.last().is_some_and(|last| is_one_of(last, HERE));
    if !line.contains(marks) && !ends {
        return None;
    }
    between(&parts)
}

/// The parts between home and the article, if they begin at home.
pub(super) fn between(parts: &[&str]) -> Option<Vec<String>> {
    let (first, rest) = parts.split_first()?;
    if !is_one_of(first, HOME) || rest.is_empty() {
        return None;
    }
    let rest = match rest {
        [before @ .., last] if is_one_of(last, HERE) => before,
        all => all,
    };
    Some(rest.iter().map(|part| (*part).to_owned()).collect())
}

/// What the line below a headline says, if it is one: it ends in counters or holds a date.
pub(super) fn meta(line: &str) -> Option<Meta> {
    if line.chars().count() > LONGEST {
        return None;
    }
    let mut meta = Meta::default();
    let mut label = Vec::new();
    let mut tokens = line.split_whitespace().peekable();
    while let Some(token) = tokens.next() {
        if let Some(at) = date(token, tokens.peek().copied()) {
            if !token.contains('T') && tokens.peek().is_some_and(|next| is_hours(next)) {
                tokens.next();
            }
            meta.published_at = Some(at);
        } else if let Some(number) = counter(token) {
            match (meta.views, meta.comments) {
                (None, _) => meta.views = Some(number),
                (Some(_), None) => meta.comments = Some(number),
                _ => return None,
            }
        } else if is_one_of(token.trim_matches([':', '：']), COUNTERS) {
        } else if meta.views.is_none() && meta.published_at.is_none() {
            label.push(token);
        } else {
            return None;
        }
    }
    if meta.views.is_none() && meta.published_at.is_none() {
        return None;
    }
    let label = label.join(" ");
    let own = HERE.iter().find_map(|here| label.strip_suffix(here));
    let own = own.unwrap_or(&label).trim();
    if own.chars().count() > 20 {
        return None;
    }
    meta.section = (!own.is_empty()).then(|| own.to_owned());
    Some(meta)
}

/// Whether the comments of the page begin here.
pub(super) fn begins_comments(line: &str) -> bool {
    is_short(line) && begins(line, COMMENTS) && !line.contains(['。', '，'])
}

/// Whether a line leads to another article.
pub(super) fn is_neighbour(line: &str) -> bool {
    is_short(line) && begins(line, NEIGHBOURS)
}

/// Whether a line is a subhead: short, and no sentence.
pub(super) fn is_subhead(line: &str) -> bool {
    let line = domain::text::ruby::strip(line);
    let wide = line
        .chars()
        .filter(|character| *character > '\u{2e7f}')
        .count();
    let length = line.chars().count() + wide;
    let ends = [
        '。', '”', '"', '!', '?', '：', '！', '？', '.', ':', ',', '，', ';', '；', '…', ')', '）',
        '、', '」',
    ];
    length <= 60 && !line.ends_with(ends) && line.chars().any(char::is_alphabetic)
}

fn is_short(line: &str) -> bool {
    line.chars().count() <= LONGEST
}

fn begins(line: &str, marks: &[&str]) -> bool {
    let line = line.trim().to_lowercase();
    marks.iter().any(|mark| line.starts_with(mark))
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// `283`, `1,283`, `阅读283`, `283次浏览`.
pub(super) fn counter(token: &str) -> Option<i64> {
    let mut token = token.trim_matches([':', '：', '(', ')', '（', '）']);
    loop {
        let shorter = COUNTERS.iter().find_map(|word| {
            token
                .strip_prefix(word)
                .or_else(|| token.strip_suffix(word))
        });
        match shorter {
            Some(rest) if !rest.is_empty() => token = rest.trim_matches([':', '：']),
            _ => break,
        }
    }
    let digits = token.replace([',', '，'], "");
    let fits = (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.parse().ok()).flatten()
}

/// `2025-06-14`, with hours behind it or without, or a whole instant.
pub(super) fn date(token: &str, next: Option<&str>) -> Option<Timestamp> {
    let token = token.replace(['年', '月', '/', '.'], "-");
    let token = token.trim_end_matches('日');
    let (day, hours) = match token.split_once('T') {
        Some(_) => return Timestamp::parse(token).ok(),
        None => (token, next.filter(|next| is_hours(next))),
    };
    let numbers: Vec<&str> = day.split('-').collect();
    let [year, month, day] = numbers.as_slice() else {
        return None;
    };
    let hours = match hours {
        None => "00:00:00".to_owned(),
        Some(hours) if hours.len() <= 5 => format!("{hours:0>5}:00"),
        Some(hours) => hours.to_owned(),
    };
    Timestamp::parse(&format!("{year}-{month:0>2}-{day:0>2}T{hours}Z")).ok()
}

fn is_hours(token: &str) -> bool {
    let parts: Vec<&str> = token.split(':').collect();
    (2..=3).contains(&parts.len())
        && parts
            .iter()
            .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_is_told_from_a_headline() {
        let trail_of = |line| trail(line).map(|parts| parts.join(","));
        assert_eq!(trail_of("首页 资讯 正文").as_deref(), Some("资讯"));
        assert_eq!(
            trail_of("Home > Local News > Europe").as_deref(),
            Some("Local News,Europe")
        );
        for line in [
            "首页",
            "Home",
            "Home rule is back, says the council",
            "资讯 首页",
            "",
        ] {
            assert!(trail(line).is_none(), "{line}");
        }
    }

    #[test]
    fn a_line_of_counters_is_read() {
        let at = Timestamp::parse("2025-06-14T08:05:00Z").unwrap();
        for (line, section, published_at, views, comments) in [
            ("体育正文 283 0", Some("体育"), None, Some(283), Some(0)),
            (
                "体育 2025-06-14 8:05 阅读1,283 评论 4",
                Some("体育"),
                Some(at),
                Some(1283),
                Some(4),
            ),
            ("2025年6月14日 08:05:00", None, Some(at), None, None),
            ("Sport 12 views", Some("Sport"), None, Some(12), None),
        ] {
            let read = meta(line).unwrap_or_else(|| panic!("{line}"));
            let expected = Meta {
                section: section.map(str::to_owned),
                published_at,
                views,
                comments,
            };
            assert_eq!(read, expected, "{line}");
        }
        for line in [
            "惠英红同款开售",
            "In 2016 he founded it",
            "12 3 4",
            "A vote",
            "",
        ] {
            assert_eq!(meta(line), None, "{line}");
        }
    }

    #[test]
    fn subheads_are_short_and_no_sentences() {
        assert!(is_subhead("一封震惊硅谷的全员信(xìn)") && is_subhead("The last winter"));
        for line in ["他说。", "It ends.", "“豪赌”", "283", &"字".repeat(40)] {
            assert!(!is_subhead(line), "{line}");
        }
        assert!(begins_comments("欢迎 发表评论:") && begins_comments("Leave a Reply"));
        assert!(!begins_comments("暂无评论，他们说。"));
        assert!(is_neighbour("下一篇：渡轮"));
    }
}
