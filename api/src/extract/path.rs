//! The parameter of a path: an id, or an id or slug.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::{
    Slug,
    id::{
        ApiKeyId, ArticleId, AuthorId, BanId, CommentId, CorrectionId, PreviewLinkId, RevisionId,
        RuleId, SectionId, SessionId, TagId, UserId,
    },
};

use crate::error::ApiError;

/// Reads itself from one segment of a path.
pub trait FromSegment: Sized {
    /// `None` when nothing can have such an address.
    fn from_segment(segment: &str) -> Option<Self>;
}

macro_rules! ids {
    ($($id:ident),+) => {
        $(impl FromSegment for $id {
            fn from_segment(segment: &str) -> Option<Self> {
                $id::parse(segment).ok()
            }
        })+
    };
}

ids!(
    ArticleId,
    SectionId,
    CommentId,
    CorrectionId,
    AuthorId,
    BanId,
    TagId,
    ApiKeyId,
    RuleId,
    PreviewLinkId,
    RevisionId,
    SessionId,
    UserId
);

impl FromSegment for Slug {
    fn from_segment(segment: &str) -> Option<Self> {
        Slug::parse(segment).ok()
    }
}

/// What a path or a body may name a thing by. A slug holds no `_`, so the two never meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address<Id> {
    /// By its id.
    Id(Id),
    /// By its slug.
    Slug(Slug),
}

impl<Id> Address<Id> {
    /// The id or the slug, each in a list, as look-ups take them.
    pub(crate) fn into_lists(self) -> (Vec<Id>, Vec<Slug>) {
        match self {
            Self::Id(id) => (vec![id], Vec::new()),
            Self::Slug(slug) => (Vec::new(), vec![slug]),
        }
    }
}

impl<Id: FromSegment> FromSegment for Address<Id> {
    fn from_segment(segment: &str) -> Option<Self> {
        if segment.contains('_') {
            Id::from_segment(segment).map(Self::Id)
        } else {
            Slug::parse(segment).ok().map(Self::Slug)
        }
    }
}

/// The first parameter of the path. What cannot be the address of anything is 404, like what
/// merely is not there: the two are the same to whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathId<T>(pub T);

impl<T: FromSegment + 'static> FromRequest for PathId<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request
            .match_info()
            .iter()
            .next()
            .and_then(|(_, segment)| T::from_segment(segment))
            .map(Self);
        ready(found.ok_or_else(|| ApiError::not_found("There is nothing at this address.")))
    }
}

/// The first two parameters of the path, as [`PathId`] takes the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathIds<T, U>(pub T, pub U);

impl<T: FromSegment + 'static, U: FromSegment + 'static> FromRequest for PathIds<T, U> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut segments = request.match_info().iter().map(|(_, segment)| segment);
        let found = segments.next().and_then(T::from_segment);
        let found = found.zip(segments.next().and_then(U::from_segment));
        ready(
            found
                .map(|(one, other)| Self(one, other))
                .ok_or_else(|| ApiError::not_found("There is nothing at this address.")),
        )
    }
}

/// A number from 1, as it is written: without a sign and without zeros before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(pub i64);

impl FromSegment for Number {
    fn from_segment(segment: &str) -> Option<Self> {
        let number = segment.parse().ok().filter(|number: &i64| *number > 0)?;
        (number.to_string() == segment).then_some(Self(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_one_way() {
        assert_eq!(Number::from_segment("12"), Some(Number(12)));
        for bad in ["", "0", "-1", "+1", "01", "1.0", "x", "9223372036854775808"] {
            assert_eq!(Number::from_segment(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_is_an_id_or_a_slug_and_never_both() {
        let id = ArticleId::from_raw(7);
        assert_eq!(
            Address::from_segment(&id.to_string()),
            Some(Address::Id(id))
        );
        assert!(matches!(
            Address::<ArticleId>::from_segment("the-last-ferry"),
            Some(Address::Slug(_))
        ));
        for bad in [
            "art_1",
            "ART_0000000000007",
            "sec_0000000000007",
            "a_b",
            "",
            "A",
            "a%20b",
        ] {
            assert_eq!(Address::<ArticleId>::from_segment(bad), None, "{bad}");
        }
    }
}
