//! What kind of work a route is.

use actix_web::http::Method;
use domain::Access;

/// Where a session that is there goes on or ends. Many people share a network, and their apps come
/// here every few minutes: they must not use up its tries to sign in, nor those theirs.
const CARRYING: [&str; 2] = ["/api/v1/auth/refresh", "/api/v1/auth/logout"];

/// Where members write in public.
const COMMENTS: &str = "/api/v1/comments/";

/// The classes of routes. Each has its own quotas and its own share of the server, so that a
/// flood of one kind leaves room for the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Public reads, whatever leads nowhere, and carrying a session on or ending it: no guess is
    /// tried there, for a token that is not ours is refused without a look at the database.
    Reads,
    /// Public writes.
    Writes,
    /// Everything else under `/auth`.
    SignIns,
    /// Everything under `/manage` and `/me`.
    Manage,
}

impl Class {
    pub(crate) const ALL: [Self; 4] = [Self::Reads, Self::Writes, Self::SignIns, Self::Manage];

    /// The class of a route, by who may call it and how, and by the path of the document that it
    /// matched: never by how the path of a request is written.
    pub(crate) fn of(access: Access, method: &str, pattern: &str) -> Self {
        match access {
            Access::Public | Access::Comment if method == Method::GET.as_str() => Self::Reads,
            Access::Public | Access::Comment => Self::Writes,
            Access::Auth if CARRYING.contains(&pattern) => Self::Reads,
            Access::Auth => Self::SignIns,
            // Voting is what readers do, and a flood of it must not slow down the newsroom.
            Access::Account if pattern.starts_with(COMMENTS) => Self::Writes,
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
            let of = Class::of(access, method, "/api/v1/anything");
            assert_eq!(of, class, "{access:?} {method}");
        }
        for (path, class) in [
            ("/api/v1/auth/login", Class::SignIns),
            ("/api/v1/auth/refresh", Class::Reads),
            ("/api/v1/auth/logout", Class::Reads),
        ] {
            assert_eq!(Class::of(Access::Auth, "POST", path), class, "{path}");
        }
        for (method, path, class) in [
            ("PUT", "/api/v1/comments/{comment}/vote", Class::Writes),
            ("GET", "/api/v1/me/votes", Class::Manage),
        ] {
            assert_eq!(Class::of(Access::Account, method, path), class, "{path}");
        }
    }
}
