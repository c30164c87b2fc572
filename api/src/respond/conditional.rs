//! Entity tags, and whether the client has the answer already.

use std::time::{Duration, UNIX_EPOCH};

use actix_web::http::header::{HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use data_encoding::BASE64URL_NOPAD;
use domain::Timestamp;

use super::compress::Coding;

/// A strong entity tag: other bytes, or the same in another coding, have another.
pub(super) fn entity_tag(identity: &[u8], coding: Coding) -> String {
    let hash = blake3::hash(identity);
    let (short, _) = hash.as_bytes().split_at(15);
    format!("\"{}{}\"", BASE64URL_NOPAD.encode(short), coding.suffix())
}

/// What an answer is known by.
pub(super) struct Validators<'v> {
    pub(super) etag: &'v str,
    pub(super) last_modified: Option<Timestamp>,
}

/// Whether 304 is the answer. `If-Modified-Since` counts only without `If-None-Match`.
pub(super) fn not_modified(headers: &HeaderMap, validators: &Validators<'_>) -> bool {
    let mut tags = headers.get_all(IF_NONE_MATCH).peekable();
    if tags.peek().is_some() {
        return tags
            .filter_map(|value| value.to_str().ok())
            .any(|list| list.trim() == "*" || listed(list, validators.etag));
    }
    let since = headers
        .get(IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok());
    match (
        since.and_then(|text| httpdate::parse_http_date(text).ok()),
        validators.last_modified,
    ) {
        (Some(since), Some(changed)) => in_seconds(changed) <= since,
        _ => false,
    }
}

/// Weak comparison (RFC 9110 §8.8.3.2): a `W/` in front makes no difference.
fn listed(list: &str, etag: &str) -> bool {
    let mut rest = list.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let tag = rest.strip_prefix("W/").unwrap_or(rest);
        let Some((inner, after)) = tag.strip_prefix('"').and_then(|tag| tag.split_once('"')) else {
            return false;
        };
        if etag
            .strip_prefix('"')
            .and_then(|etag| etag.strip_suffix('"'))
            == Some(inner)
        {
            return true;
        }
        rest = after.trim_start_matches([' ', '\t', ',']);
    }
    false
}

/// The date format of HTTP, which knows no fractions and nothing before 1970.
pub(super) fn http_date(at: Timestamp) -> String {
    httpdate::fmt_http_date(in_seconds(at))
}

fn in_seconds(at: Timestamp) -> std::time::SystemTime {
    let seconds = u64::try_from(at.as_millis() / 1000).unwrap_or(0);
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    fn fresh(name: actix_web::http::header::HeaderName, value: &str, at: Option<i64>) -> bool {
        let request = TestRequest::get()
            .insert_header((name, value))
            .to_http_request();
        let last_modified = at.map(Timestamp::from_millis);
        not_modified(
            request.headers(),
            &Validators {
                etag: "\"abc-br\"",
                last_modified,
            },
        )
    }

    #[test]
    fn if_none_match_compares_weakly_and_takes_lists() {
        for yes in [
            "\"abc-br\"",
            "W/\"abc-br\"",
            "\"x\", W/\"y\" ,\"abc-br\"",
            "*",
            ",\"abc-br\"",
        ] {
            assert!(fresh(IF_NONE_MATCH, yes, None), "{yes}");
        }
        for no in [
            "\"abc\"",
            "\"abc-gzip\"",
            "abc-br",
            "",
            "\"x",
            "\"a,b\"",
            "w/\"abc-br\"",
            "\"x\" abc-br",
        ] {
            assert!(!fresh(IF_NONE_MATCH, no, None), "{no}");
        }
    }

    #[test]
    fn if_modified_since_counts_seconds() {
        let at = 784_111_777_000;
        let text = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(http_date(Timestamp::from_millis(at + 999)), text);
        assert!(fresh(IF_MODIFIED_SINCE, text, Some(at + 999)));
        assert!(!fresh(IF_MODIFIED_SINCE, text, Some(at + 1000)));
        assert!(!fresh(IF_MODIFIED_SINCE, text, None));
        assert!(!fresh(IF_MODIFIED_SINCE, "yesterday", Some(at)));
    }

    #[test]
    fn a_tag_follows_the_bytes_and_the_coding() {
        let tag = entity_tag(b"one", Coding::Identity);
        assert_eq!(tag, entity_tag(b"one", Coding::Identity));
        assert_ne!(tag, entity_tag(b"two", Coding::Identity));
        assert!(entity_tag(b"one", Coding::Brotli).ends_with("-br\""));
        assert!(entity_tag(b"one", Coding::Gzip).ends_with("-gzip\""));
    }

    proptest! {
        #[test]
        fn a_tag_in_any_list_is_found(before in "[a-z]{0,8}", after in "[a-z]{0,8}", weak: bool) {
            let weak = if weak { "W/" } else { "" };
            let list = format!("\"{before}\",{weak}\"abc-br\", \"{after}\"");
            prop_assert!(listed(&list, "\"abc-br\""));
        }

        #[test]
        fn any_text_is_read(list in ".{0,60}") {
            let _ = listed(&list, "\"abc\"");
        }
    }
}
