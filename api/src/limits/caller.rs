//! Whose bucket a request is taken from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use domain::{
    Actor,
    id::{ApiKeyId, UserId},
};

use super::{Class, network};

/// Who has a bucket. Small and copied: it is looked up with every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// Everybody without credentials at one [`network`].
    Network(IpAddr),
    /// Everybody without credentials in a neighbourhood of networks, when there are too many to
    /// remember each.
    Crowd(IpAddr),
    /// An account, wherever it signs in from.
    Member(UserId),
    /// An API key.
    Key(ApiKeyId),
}

impl Caller {
    /// The caller behind a request. Whoever tries to sign in counts by network, whatever comes
    /// along: else each account and each key would be another set of tries. A request without an address, which no TCP connection is, shares
    /// the bucket of all such.
    pub(super) fn new(class: Class, actor: &Actor, address: Option<IpAddr>) -> Self {
        let own = match actor {
            _ if class == Class::SignIns => None,
            Actor::User { id, .. } => Some(Self::Member(*id)),
            Actor::ApiKey { id, .. } => Some(Self::Key(*id)),
            Actor::Anonymous | Actor::System(_) => None,
        };
        own.unwrap_or_else(|| {
            Self::Network(network(address.unwrap_or(Ipv4Addr::UNSPECIFIED.into())))
        })
    }

    /// What a network counts as while too many are remembered: the /32 of IPv6, which is the least
    /// that a provider gets, and the /16 of IPv4.
    ///
    /// Of the former an attacker has a handful, and of the latter there are only 65,536, so the
    /// memory is bounded whatever addresses are used. Accounts and keys are made by us, and few.
    pub(super) fn in_a_crowd(self) -> Self {
        match self {
            Self::Network(IpAddr::V4(address)) => {
                let wide = address.to_bits() & (u32::MAX << 16);
                Self::Crowd(Ipv4Addr::from_bits(wide).into())
            }
            Self::Network(IpAddr::V6(address)) => {
                let wide = address.to_bits() & (u128::MAX << 96);
                Self::Crowd(Ipv6Addr::from_bits(wide).into())
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Role, id::SessionId};

    #[test]
    fn credentials_count_for_themselves_and_everybody_else_by_network() {
        let address = Some("2001:db8:1:2:3::4".parse().unwrap());
        let (user, session) = (UserId::from_raw(7), SessionId::from_raw(1));
        let member = Actor::User {
            id: user,
            role: Role::Reader,
            session,
        };
        let of = |class, actor| Caller::new(class, actor, address);
        assert_eq!(of(Class::Reads, &member), Caller::Member(user));
        let network = Caller::Network("2001:db8:1:2::".parse().unwrap());
        assert_eq!(of(Class::Reads, &Actor::Anonymous), network);
        assert_eq!(of(Class::SignIns, &member), network);
        assert_eq!(
            Caller::new(Class::Reads, &Actor::Anonymous, None),
            Caller::Network(Ipv4Addr::UNSPECIFIED.into())
        );
    }

    #[test]
    fn only_networks_are_ever_taken_together() {
        let crowd = |text: &str| Caller::Network(text.parse().unwrap()).in_a_crowd();
        assert_eq!(crowd("203.0.113.9"), crowd("203.0.7.1"));
        assert_ne!(crowd("203.0.113.9"), crowd("203.1.113.9"));
        assert_eq!(crowd("2001:db8:1:2::"), crowd("2001:db8:ffff::"));
        assert_ne!(crowd("2001:db8:1:2::"), crowd("2001:db9:1:2::"));
        assert_ne!(
            crowd("2001:db8::"),
            Caller::Network("2001:db8::".parse().unwrap())
        );
        let member = Caller::Member(UserId::from_raw(7));
        assert_eq!(member.in_a_crowd(), member);
    }
}
