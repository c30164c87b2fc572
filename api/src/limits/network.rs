//! Which addresses are one caller.

use std::net::{IpAddr, Ipv6Addr};

/// The bits of an IPv6 address that a provider gives to a household or a machine. Whoever has
/// one of these networks has 2⁶⁴ addresses, and could come from another one each time.
const NETWORK_BITS: u128 = u128::MAX << 64;

/// The network that an address counts as: an IPv4 address for itself, however it is written,
/// and an IPv6 address as its /64.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & NETWORK_BITS)),
    }
}

/// What most providers give to one customer at most: 65,536 of the networks above. For what is
/// done so seldom that two neighbours hardly meet.
const PREMISES_BITS: u128 = u128::MAX << 80;

/// As [`network`], but an IPv6 address counts as its /48.
pub(crate) fn premises(address: IpAddr) -> IpAddr {
    match network(address) {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & PREMISES_BITS)),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(address: &str) -> String {
        network(address.parse().unwrap()).to_string()
    }

    #[test]
    fn an_ipv6_network_is_one_caller_and_an_ipv4_address_is_one() {
        for (address, counts_as) in [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("::1", "::"),
        ] {
            assert_eq!(of(address), counts_as, "{address}");
        }
    }

    #[test]
    fn premises_are_wider_than_a_network_in_ipv6_alone() {
        let of = |address: &str| premises(address.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2::1"), "2001:db8:1::");
        assert_eq!(of("2001:db8:1:ffff::1"), "2001:db8:1::");
        assert_eq!(of("2001:db8:2:2::1"), "2001:db8:2::");
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
    }

    proptest! {
        #[test]
        fn the_lower_half_never_matters(upper: u64, one: u64, other: u64) {
            let address = |lower: u64| {
                let bits = (u128::from(upper) << 64) | u128::from(lower);
                network(IpAddr::V6(Ipv6Addr::from_bits(bits)))
            };
            // The mapped addresses are IPv4 and nobody's network.
            prop_assume!(upper != 0);
            prop_assert_eq!(address(one), address(other));
            prop_assert_eq!(network(address(one)), address(one));
        }
    }
}
