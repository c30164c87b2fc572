//! What kind of work a route is.

use actix_web::http::Method;
use domain::Access;

/// The classes of routes. Each has its own quotas and its own share of the server, so that a
/// flood of one kind leaves room for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Public reads, and whatever leads nowhere.
    Reads,
    /// Public writes.
    Writes,
    /// Everything under `/auth`.
    SignIns,
    /// Everything under `/manage` and `/me`.
    Manage,
}

impl Class {
    pub(crate) const ALL: [Self; 4] = [Self::Reads, Self::Writes, Self::SignIns, Self::Manage];

    /// The class of a route, by who may call it and how: never by how a path is written.
    pub(crate) fn of(access: Access, method: &str) -> Self {
        match access {
            Access::Public | Access::Comment if method == Method::GET.as_str() => Self::Reads,
            Access::Public | Access::Comment => Self::Writes,
            Access::Auth => Self::SignIns,
            Access::Account | Access::Staff(_) => Self::Manage,
        }
    }

    /// The name that clients and operators see.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::SignIns => "sign_ins",
            Self::Manage => "manage",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Action;

    #[test]
    fn a_route_is_classed_by_its_access_and_its_method() {
        for (access, method, class) in [
            (Access::Public, "GET", Class::Reads),
            (Access::Public, "POST", Class::Writes),
            (Access::Comment, "GET", Class::Reads),
            (Access::Comment, "DELETE", Class::Writes),
            (Access::Auth, "POST", Class::SignIns),
            (Access::Account, "GET", Class::Manage),
            (Access::Staff(Action::ReadManage), "GET", Class::Manage),
        ] {
            assert_eq!(Class::of(access, method), class, "{access:?} {method}");
        }
    }
}
