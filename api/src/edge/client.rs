//! Where a request came from, behind the proxies that the operator trusts.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, X_FORWARDED_FOR};
use ipnet::IpNet;

/// The address of the client: the peer's, unless that is a trusted proxy. Then it is the nearest
/// address in the forwarding header that is none, because everything before it was written by
/// somebody unknown.
///
/// A proxy keeps one of the two headers and may pass the other on as the client made it up. When
/// both are there and tell different stories, neither is believed.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_proxy(peer, proxies) {
        return peer;
    }
    let told = |name: &HeaderName, read: fn(&str) -> Vec<Option<IpAddr>>| {
        headers.contains_key(name).then(|| {
            let hops = headers
                .get_all(name)
                .flat_map(|line| line.to_str().map_or_else(|_| vec![None], read));
            nearest(peer, hops.collect(), proxies)
        })
    };
    match (
        told(&X_FORWARDED_FOR, x_forwarded_for),
        told(&FORWARDED, forwarded),
    ) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(one), _) | (None, Some(one)) => one,
        (None, None) => peer,
    }
}

fn is_proxy(address: IpAddr, proxies: &[IpNet]) -> bool {
    proxies.iter().any(|network| network.contains(&address))
}

/// Goes from the peer towards the client until it meets somebody who is no proxy of ours. What
/// is no address ends the way at whoever wrote it down.
fn nearest(peer: IpAddr, hops: Vec<Option<IpAddr>>, proxies: &[IpNet]) -> IpAddr {
    let mut reached = peer;
    for hop in hops.into_iter().rev() {
        let Some(address) = hop else { break };
        reached = address;
        if !is_proxy(address, proxies) {
            break;
        }
    }
    reached
}

fn x_forwarded_for(line: &str) -> Vec<Option<IpAddr>> {
    line.split(',').map(node).collect()
}

/// The `for` of each element (RFC 7239).
fn forwarded(line: &str) -> Vec<Option<IpAddr>> {
    outside_quotes(line, ',')
        .map(|element| {
            outside_quotes(element, ';')
                .filter_map(|pair| pair.trim().split_once('='))
                .find(|(name, _)| name.eq_ignore_ascii_case("for"))
                .and_then(|(_, value)| node(value.trim_matches('"')))
        })
        .collect()
}

/// Splits at a separator, but not inside a quoted string.
fn outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |letter| {
        let ends = letter == separator && !quoted;
        let was_escaped = std::mem::take(&mut escaped);
        match letter {
            '"' if !was_escaped => quoted = !quoted,
            '\\' if quoted && !was_escaped => escaped = true,
            _ => {}
        }
        ends
    })
}

/// An address, perhaps in brackets, perhaps with a port.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text
        .parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|node| node.ip()))
        .or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    const PROXIES: [&str; 4] = ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::1/128"];

    fn client(peer: &str, headers: &[(&str, &str)]) -> String {
        let proxies: Vec<IpNet> = PROXIES.iter().map(|text| text.parse().unwrap()).collect();
        let request = headers
            .iter()
            .fold(TestRequest::get(), |request, header| {
                request.append_header(*header)
            })
            .to_http_request();
        address(peer.parse().unwrap(), request.headers(), &proxies).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let told = [("x-forwarded-for", "203.0.113.9")];
        assert_eq!(client("198.51.100.1", &told), "198.51.100.1");
        for proxy in [
            "10.1.2.3",
            "192.0.2.7",
            "2001:db8::5",
            "::1",
            "::ffff:10.1.2.3",
        ] {
            assert_eq!(client(proxy, &told), "203.0.113.9", "{proxy}");
        }
        assert_eq!(client("192.0.2.8", &told), "192.0.2.8");
        assert_eq!(client("10.1.2.3", &[]), "10.1.2.3");
        assert_eq!(client("::ffff:198.51.100.1", &told), "198.51.100.1");
    }

    #[test]
    fn the_nearest_stranger_counts_and_not_what_they_claim() {
        for (header, found) in [
            ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("1.1.1.1, 203.0.113.9, 10.0.0.2,10.0.0.1", "203.0.113.9"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("1.1.1.1, unknown, 10.0.0.2", "10.0.0.2"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2a00::1]:4711, 10.0.0.2", "2a00::1"),
            ("[2a00::1]", "2a00::1"),
            ("2a00::1", "2a00::1"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("1.1.1.1,", "10.0.0.9"),
            ("", "10.0.0.9"),
            ("<script>", "10.0.0.9"),
        ] {
            assert_eq!(
                client("10.0.0.9", &[("x-forwarded-for", header)]),
                found,
                "{header}"
            );
        }
        let lines = [
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "203.0.113.9, 10.0.0.2"),
        ];
        assert_eq!(client("10.0.0.9", &lines), "203.0.113.9");
    }

    #[test]
    fn the_standard_header_is_read_too() {
        for (header, found) in [
            ("for=203.0.113.9", "203.0.113.9"),
            (
                "For=\"203.0.113.9:80\";proto=https;by=10.0.0.1",
                "203.0.113.9",
            ),
            (
                "for=1.1.1.1, proto=http; for=\"[2a00::1]:4711\" , for=10.0.0.2",
                "2a00::1",
            ),
            ("for=1.1.1.1;by=\"a,for=2.2.2.2\"", "1.1.1.1"),
            ("for=1.1.1.1;by=\"a\\\",for=2.2.2.2\"", "1.1.1.1"),
            ("for=unknown", "10.0.0.9"),
            ("for=_hidden, for=10.0.0.2", "10.0.0.2"),
            ("for=1.1.1.1, by=10.0.0.2", "10.0.0.9"),
            ("for=", "10.0.0.9"),
        ] {
            assert_eq!(
                client("10.0.0.9", &[("forwarded", header)]),
                found,
                "{header}"
            );
        }
    }

    #[test]
    fn two_headers_are_believed_when_they_agree() {
        let x = ("x-forwarded-for", "203.0.113.9");
        assert_eq!(
            client("10.0.0.9", &[x, ("forwarded", "for=203.0.113.9")]),
            "203.0.113.9"
        );
        assert_eq!(
            client("10.0.0.9", &[x, ("forwarded", "for=1.1.1.1")]),
            "10.0.0.9"
        );
    }

    proptest! {
        #[test]
        fn any_header_is_read(text in "[ -~]{0,60}") {
            client("10.0.0.9", &[("forwarded", &text), ("x-forwarded-for", &text)]);
        }
    }
}
