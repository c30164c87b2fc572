//! Undoing what `Content-Encoding` says.

use std::io::Read;

use reqwest::header::{CONTENT_ENCODING, HeaderMap};

/// The identity bytes of a body.
///
/// # Panics
/// When it is not in the coding that its headers name.
pub fn decoded(headers: &HeaderMap, body: &[u8]) -> Vec<u8> {
    let coding = headers
        .get(CONTENT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let mut bytes = Vec::new();
    match coding {
        None | Some("identity") => return body.to_vec(),
        Some("gzip") => flate2::read::GzDecoder::new(body).read_to_end(&mut bytes),
        Some("br") => brotli::Decompressor::new(body, 4096).read_to_end(&mut bytes),
        Some(other) => panic!("the coding {other} was not asked for"),
    }
    .expect("the body is in the coding it names");
    bytes
}
