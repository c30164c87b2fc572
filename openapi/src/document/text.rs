//! The prose of the document.

use std::collections::BTreeSet;

use utoipa::openapi::{OpenApi, Tag};

use super::operations;

/// What holds for the whole interface; `info.description`.
pub(super) const INTRODUCTION: &str = "\
Broadsheet serves articles, sections and comments as JSON. Everything readers see is under \
`/api/v1`; everything the newsroom does is under `/api/v1/manage` and needs credentials.

## Reading
A single thing is the object itself. A list is `{\"items\": [], \"next_cursor\": null}`: send \
`next_cursor` back as `cursor` until it is `null`; the `Link` header says the same. A cursor \
belongs to the query it came from, of which only `limit` may change. `total` is counted only when \
asked for. Nothing is missing: empty is `[]` or `null`. A part of an answer that comes only when \
asked for is absent otherwise.

`HEAD` is answered wherever `GET` is, with the same headers and without the body. Public answers \
are the same for every caller and can be cached: they carry an `ETag`, and `If-None-Match` gets a \
304. They are compressed with `br` or `gzip` when the client accepts that.

## Names, times, text
An id is a prefix and 13 characters, such as `art_38g7v6cxq6t9y`, and sorts by creation. Where a \
path says `{article}` it takes an id or a slug; an old slug is answered by a 301. Times are UTC, \
RFC 3339 with milliseconds and `Z`. Lengths are counted in characters as a reader sees them, and \
text is normalised to NFC.

## Writing
A body is JSON in UTF-8. Unknown or repeated parameters and fields are refused, and so is every \
value out of range: nothing is silently ignored or corrected. A `POST` that creates or changes \
content takes an `Idempotency-Key`, and can then be sent again after a lost connection without a \
second effect. Everything under `/manage` has a `version`, which is its `ETag`: a change needs it \
in `If-Match`. `PATCH` is a JSON Merge Patch.

## Signing in
`POST /auth/login` answers an access token for ten minutes and a refresh token. Send the access \
token as `Authorization: Bearer …`; when it has expired, `POST /auth/refresh` gives the next pair. \
A refresh token is used once: keep the new one. Only when the answer was lost may the same token \
be sent once more within ten seconds, and gets the same answer; a copy that turns up later ends the \
session. Programs use an API key instead, in the same header. A key has a role, and may be limited \
to scopes and sections; no key can manage accounts or keys.

## Limits
Each address, account and API key may send so many requests a minute, counted by kind of operation. \
Answers that are not cached say how many are left (`RateLimit`, `RateLimit-Policy`); above that the \
answer is 429 with `Retry-After`. A 304 costs nothing. A server with more to do than it can finish \
answers 503 with `Retry-After`, before it has read the body.

## Problems
Every refusal is a problem (RFC 9457) with a stable `code`, and with `errors` that name the places. \
`type` leads to the documentation of the code. New codes may come: treat one you do not know by \
its status. `instance` is the id of the request; quote it when you ask for help.

## Growth
Version 1 only grows: fields, parameters, codes and values of enumerations are added, never taken \
away or changed. Ignore fields you do not know.";

/// How to get and send credentials.
pub(super) const CREDENTIALS: &str = "\
Either an access token from `/auth/login`, or an API key (`bsk_…`) for programs, which an \
administrator makes under `/manage/api-keys` or with `broadsheet api-key create --name NAME --role \
editor`. Public operations need none; one that is sent nevertheless must be good.";

/// The groups of operations, in the order they are shown in.
const TAGS: &[(&str, &str)] = &[
    (
        "articles",
        "Articles as readers see them: lists of cards, and whole pages in one request.",
    ),
    ("comments", "What readers say under articles, in threads."),
    ("sections", "The tree the newspaper is arranged in."),
    ("authors", "Who the articles are by."),
    ("tags", "What the articles are about, across sections."),
    ("search", "Articles by their words, in every script."),
    ("addresses", "Where a link of the site leads now."),
    (
        "manage articles",
        "Write, change and publish articles. Readers see what was published last.",
    ),
    (
        "manage addresses",
        "The slugs that articles had in public, which stay theirs.",
    ),
    ("manage sections", "Arrange the newspaper."),
    ("manage authors", "Keep the list of authors."),
    ("manage tags", "Keep the list of tags."),
    (
        "manage comments",
        "Decide about what readers say, and read what they report.",
    ),
    (
        "manage bans",
        "Say who may not comment: by account, network address or e-mail address.",
    ),
    (
        "manage comment rules",
        "Say which comments wait for a moderator or are refused: by their words, their links, who \
         posts them and how often. A new site has no rules.",
    ),
    (
        "accounts",
        "Make an account, sign in, stay signed in, and set a password that was forgotten. Nothing \
         here says whether an address has an account.",
    ),
    (
        "me",
        "One's own account: change it, see where it is signed in, take everything along, erase it.",
    ),
    (
        "manage users",
        "Invite people, say what they may do, close and erase accounts.",
    ),
    (
        "manage api keys",
        "Make and revoke the keys that programs call with.",
    ),
    ("manage settings", "Say what holds for the whole site."),
    ("manage changes", "Read what was changed, when and by whom."),
    ("meta", "The interface itself."),
];

/// Describes the tags that operations use. One without a description here is left without: the
/// lint reports it.
pub(super) fn tags(document: &OpenApi) -> Vec<Tag> {
    let used: BTreeSet<&str> = document
        .paths
        .paths
        .values()
        .flat_map(operations)
        .filter_map(|(_, operation)| operation.tags.as_ref())
        .flatten()
        .map(String::as_str)
        .collect();
    TAGS.iter()
        .filter(|(name, _)| used.contains(name))
        .map(|(name, description)| {
            let mut tag = Tag::new(*name);
            tag.description = Some((*description).to_owned());
            tag
        })
        .collect()
}
