//! Where a page ends and the next one begins, in a form that only we can write.
//!
//! A cursor is the position as JSON, with a 16 byte MAC over it and over the query it came from.
//! A cursor that was bent, made up or taken from another query is refused, so a position can
//! never be used to ask for something the query itself would not answer.

use data_encoding::BASE64URL_NOPAD;
use openapi::problem::Code;
use serde::{Serialize, de::DeserializeOwned};

use crate::{error::ApiError, secret::Secret};

const TAG_BYTES: usize = 16;
/// No position of ours comes near this; it bounds the work for made-up ones.
const MAX_CHARACTERS: usize = 1024;

/// Writes a cursor for a position in the query that `bound_to` names.
///
/// `bound_to` must name the route and every parameter that changes which items there are or how
/// they are sorted, but not `limit`.
pub fn encode<T: Serialize>(
    secret: &Secret,
    bound_to: &str,
    position: &T,
) -> Result<String, ApiError> {
    let mut bytes = serde_json::to_vec(position).map_err(ApiError::internal)?;
    let tag = secret.cursor_tag(bound_to, &bytes);
    bytes.extend_from_slice(&tag);
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// Reads a cursor that [`encode`] wrote for the same query.
pub fn decode<T: DeserializeOwned>(
    secret: &Secret,
    bound_to: &str,
    text: &str,
) -> Result<T, ApiError> {
    open(secret, bound_to, text).ok_or_else(|| {
        let detail = "This cursor does not belong to this query. Take next_cursor from the page \
                      before, and keep the other parameters as they were (limit may change).";
        ApiError::new(Code::BadCursor, detail).parameter("cursor", Code::BadCursor.as_str(), detail)
    })
}

fn open<T: DeserializeOwned>(secret: &Secret, bound_to: &str, text: &str) -> Option<T> {
    if text.len() > MAX_CHARACTERS {
        return None;
    }
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (position, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
    // Both sides are MACs under our key, so comparing blake3 hashes of them in constant time
    // tells an outsider nothing.
    let expected = secret.cursor_tag(bound_to, position);
    if blake3::hash(tag) != blake3::hash(&expected) {
        return None;
    }
    serde_json::from_slice(position).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secret() -> Secret {
        Secret::from_root(b"0123456789abcdef0123456789abcdef")
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_position(at: i64, id: i64, query in ".{0,40}") {
            let text = encode(&secret(), &query, &(at, id)).unwrap();
            prop_assert_eq!(decode::<(i64, i64)>(&secret(), &query, &text).unwrap(), (at, id));
        }

        #[test]
        fn a_bent_cursor_is_refused(at: i64, id: i64, place: prop::sample::Index, with in "[A-Za-z0-9_-]") {
            let text = encode(&secret(), "q", &(at, id)).unwrap();
            let place = place.index(text.len());
            let mut bent = text.clone();
            bent.replace_range(place..=place, &with);
            prop_assume!(bent != text);
            prop_assert!(decode::<(i64, i64)>(&secret(), "q", &bent).is_err());
        }

        #[test]
        fn a_cursor_of_another_query_or_key_is_refused(at: i64, one in ".{0,20}", other in ".{0,20}") {
            prop_assume!(one != other);
            let text = encode(&secret(), &one, &at).unwrap();
            prop_assert!(decode::<i64>(&secret(), &other, &text).is_err());
            let foreign = Secret::from_root(b"ffffffffffffffffffffffffffffffff");
            prop_assert!(decode::<i64>(&foreign, &one, &text).is_err());
        }

        #[test]
        fn made_up_cursors_do_no_harm(text in ".{0,200}") {
            prop_assert!(decode::<i64>(&secret(), "q", &text).is_err());
        }
    }
}
