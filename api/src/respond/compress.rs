//! Which coding a client takes, and the coding itself, in one piece.

use std::io::{self, Write as _};

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};

/// How the bytes of an answer are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Identity,
}

/// Bytes after their coding.
pub(super) enum Coded {
    Identity(Vec<u8>),
    Compressed(Vec<u8>),
}

impl Coding {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// What tells this coding's entity tag from the others'.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br",
            Self::Gzip => "-gzip",
            Self::Identity => "",
        }
    }

    /// The coding the client likes best; of those it likes equally, the one that makes less. A
    /// client that says nothing gets the bytes as they are.
    pub(super) fn choose(headers: &HeaderMap) -> Self {
        choose(
            headers
                .get_all(ACCEPT_ENCODING)
                .filter_map(|value| value.to_str().ok()),
        )
    }

    pub(super) fn apply(self, bytes: Vec<u8>) -> io::Result<Coded> {
        match self {
            Self::Brotli => brotli(&bytes).map(Coded::Compressed),
            Self::Gzip => gzip(&bytes).map(Coded::Compressed),
            Self::Identity => Ok(Coded::Identity(bytes)),
        }
    }
}

fn choose<'h>(lines: impl Iterator<Item = &'h str>) -> Coding {
    // Qualities in thousandths; `None` while a coding is not named.
    let (mut br, mut gz, mut identity, mut any) = (None, None, None, None);
    for item in lines.flat_map(|line| line.split(',')) {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        // A weight that is none says nothing about its coding.
        let Some(quality) = weight.map_or(Some(1000), thousandths) else {
            continue;
        };
        let place = match name.to_ascii_lowercase().as_str() {
            "br" => &mut br,
            "gzip" | "x-gzip" => &mut gz,
            "identity" => &mut identity,
            "*" => &mut any,
            _ => continue,
        };
        *place = Some(quality);
    }
    let br = br.or(any).unwrap_or(0);
    let gz = gz.or(any).unwrap_or(0);
    // With everything refused, the plain bytes are more use than no answer (RFC 9110 §12.5.3).
    if br.max(gz) == 0 || identity.unwrap_or(0) > br.max(gz) {
        Coding::Identity
    } else if br >= gz {
        Coding::Brotli
    } else {
        Coding::Gzip
    }
}

/// Reads `0`, `0.5`, `1.000` as thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let sink = Vec::with_capacity(bytes.len() / 3);
    let mut coder = flate2::write::GzEncoder::new(sink, flate2::Compression::new(6));
    coder.write_all(bytes)?;
    coder.finish()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    const BUFFER: usize = 16 * 1024;
    const QUALITY: u32 = 4;
    const WINDOW: u32 = 20;
    let sink = Vec::with_capacity(bytes.len() / 4);
    let mut coder = brotli::CompressorWriter::new(sink, BUFFER, QUALITY, WINDOW);
    coder.write_all(bytes)?;
    coder.flush()?;
    Ok(coder.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read as _;

    #[test]
    fn the_client_chooses_and_brotli_breaks_ties() {
        for (line, coding) in [
            ("", Coding::Identity),
            ("gzip", Coding::Gzip),
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("br;q=0.5, gzip;q=0.8", Coding::Gzip),
            ("br;q=0, gzip", Coding::Gzip),
            ("*", Coding::Brotli),
            ("br;q=0, *;q=0.1", Coding::Gzip),
            ("identity", Coding::Identity),
            ("identity, gzip;q=0.5", Coding::Identity),
            ("identity;q=0.5, gzip;q=0.5", Coding::Gzip),
            ("gzip;q=0, br;q=0, identity;q=0", Coding::Identity),
            ("*;q=0", Coding::Identity),
            ("GZIP; Q=1.0", Coding::Gzip),
            ("gzip;q=2, br;q=x", Coding::Identity),
            ("deflate", Coding::Identity),
        ] {
            assert_eq!(choose([line].into_iter()), coding, "{line}");
        }
        assert_eq!(choose(["gzip", "br"].into_iter()), Coding::Brotli);
    }

    proptest! {
        #[test]
        fn any_header_leads_to_some_coding(line in ".{0,60}") {
            choose([line.as_str()].into_iter());
        }

        #[test]
        fn a_refused_coding_is_never_used(gz in 0_u16..=1000, br in 0_u16..=1000) {
            let weight = |value: u16| format!("{}.{:03}", value / 1000, value % 1000);
            let line = format!("gzip;q={}, br;q={}", weight(gz), weight(br));
            let chosen = choose([line.as_str()].into_iter());
            prop_assert!(chosen != Coding::Gzip || gz > 0);
            prop_assert!(chosen != Coding::Brotli || br > 0);
        }

        #[test]
        fn what_was_coded_can_be_read(bytes: Vec<u8>) {
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(gzip(&bytes).unwrap().as_slice()).read_to_end(&mut back).unwrap();
            prop_assert_eq!(&back, &bytes);
            let mut back = Vec::new();
            let coded = brotli(&bytes).unwrap();
            brotli::Decompressor::new(coded.as_slice(), 4096).read_to_end(&mut back).unwrap();
            prop_assert_eq!(&back, &bytes);
        }
    }
}
