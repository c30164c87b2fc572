//! What can be wrong with a value, and what a caller may not do.

use std::fmt;

/// Why a value was refused. The names are stable: clients match on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvalidCode {
    /// Absent, empty, or without a visible character.
    Required,
    /// Longer than the stated limit.
    TooLong,
    /// Shorter than the stated limit.
    TooShort,
    /// Not of the stated form.
    BadFormat,
    /// A number or a moment outside its range.
    OutOfRange,
    /// A control or direction character where only text belongs.
    ControlCharacter,
    /// More items than the stated limit.
    TooMany,
    /// A text with more links than the stated limit.
    TooManyLinks,
    /// The same item twice.
    Duplicate,
    /// Not one of a closed list.
    UnknownValue,
    /// Names something that does not exist.
    UnknownReference,
    /// The parent would be below its own child.
    Cycle,
    /// Nested deeper than the stated limit.
    TooDeep,
    /// Correct in itself, but not in the state the thing is in.
    WrongState,
    /// A password that is among the first anybody would guess.
    TooCommon,
    /// Not the password of the account.
    WrongPassword,
}

impl InvalidCode {
    /// Every code, for documentation and tests.
    pub const ALL: &'static [Self] = &[
        Self::Required,
        Self::TooLong,
        Self::TooShort,
        Self::BadFormat,
        Self::OutOfRange,
        Self::ControlCharacter,
        Self::TooMany,
        Self::TooManyLinks,
        Self::Duplicate,
        Self::UnknownValue,
        Self::UnknownReference,
        Self::Cycle,
        Self::TooDeep,
        Self::WrongState,
        Self::TooCommon,
        Self::WrongPassword,
    ];

    /// The stable `snake_case` name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::BadFormat => "bad_format",
            Self::OutOfRange => "out_of_range",
            Self::ControlCharacter => "control_character",
            Self::TooMany => "too_many",
            Self::TooManyLinks => "too_many_links",
            Self::Duplicate => "duplicate",
            Self::UnknownValue => "unknown_value",
            Self::UnknownReference => "unknown_reference",
            Self::Cycle => "cycle",
            Self::TooDeep => "too_deep",
            Self::WrongState => "wrong_state",
            Self::TooCommon => "too_common",
            Self::WrongPassword => "wrong_password",
        }
    }
}

impl fmt::Display for InvalidCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A value that was refused: where, why, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{detail}", place(.field))]
pub struct Invalid {
    /// Where: a JSON pointer without its leading slash (`title`, `lead_image/url`). Empty while
    /// the place is not known yet; [`Invalid::at`] fills it in.
    pub field: String,
    /// Why, for programs.
    pub code: InvalidCode,
    /// Why, for people: one sentence that says what is allowed.
    pub detail: String,
}

fn place(field: &str) -> String {
    if field.is_empty() {
        String::new()
    } else {
        format!("{field}: ")
    }
}

impl Invalid {
    /// A refusal at a known place.
    #[must_use]
    pub fn new(field: impl Into<String>, code: InvalidCode, detail: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            code,
            detail: detail.into(),
        }
    }

    /// A refusal of a value that does not know yet which field it stands in.
    #[must_use]
    pub fn value(code: InvalidCode, detail: impl Into<String>) -> Self {
        Self::new("", code, detail)
    }

    /// A refusal of a name outside a closed list.
    #[must_use]
    pub fn unknown_value(allowed: &[&str]) -> Self {
        Self::value(
            InvalidCode::UnknownValue,
            format!("must be one of: {}", allowed.join(", ")),
        )
    }

    /// The same refusal, said of `field`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }

    /// The same refusal, one level further in: `url` becomes `lead_image/url`.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Self {
        self.field = if self.field.is_empty() {
            parent.to_owned()
        } else {
            format!("{parent}/{}", self.field)
        };
        self
    }
}

/// Why a caller may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is known yet: credentials could change the answer.
    #[error("this needs an API key or a signed-in account")]
    CredentialsNeeded,
    /// The caller is known, and may not.
    #[error("your role does not allow this")]
    NotAllowed,
    /// An API key asks for what only somebody who signed in does.
    #[error("no API key may do this")]
    OnlyPeople,
    /// An API key asks for what it was not made for.
    #[error("the scopes of this API key leave this out")]
    OutsideScopes,
    /// An API key asks for what lies outside its sections.
    #[error("this lies outside the sections of this API key")]
    OutsideSections,
}
