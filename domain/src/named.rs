//! One way to write a closed list of names, so that the database, the wire and the messages
//! agree on the spelling and none of them can forget a member.

/// Declares an enum whose members have one stable `snake_case` name each.
macro_rules! named {
    (
        $(#[$outer:meta])*
        pub enum $name:ident { $( $(#[$inner:meta])* $member:ident = $text:literal ),+ $(,)? }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$inner])* $member ),+ }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [Self] = &[ $( Self::$member ),+ ];

            /// Every name, in the same order: what a message lists as allowed.
            pub const NAMES: &'static [&'static str] = &[ $( $text ),+ ];

            /// The stable name, as it stands in the database and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$member => $text ),+ }
            }

            /// Reads a stable name; case matters and there are no aliases.
            ///
            /// # Errors
            /// `unknown_value`, without a field, for any other text.
            pub fn parse(text: &str) -> Result<Self, $crate::error::Invalid> {
                match text {
                    $( $text => Ok(Self::$member), )+
                    _ => Err($crate::error::Invalid::unknown_value(Self::NAMES)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}

pub(crate) use named;
