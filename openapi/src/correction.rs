//! Corrections: what the newspaper says in public about its own mistakes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{CorrectionId, Timestamp};

/// A correction of an article, as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    /// The correction's id.
    #[schema(value_type = CorrectionId)]
    pub id: String,
    /// What was wrong and what is right; plain text.
    #[schema(example = "An earlier version gave the wrong year for the first crossing.")]
    pub text: String,
    /// When it was made.
    #[schema(value_type = Timestamp)]
    pub date: String,
}

/// A correction of an article, as editors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedCorrection {
    /// What readers see of it.
    #[serde(flatten)]
    pub correction: Correction,
    /// Who added it: `user:` or `api_key:` and an id, or `system:` and which part of it.
    #[schema(example = "user:usr_38g7v6qajp37f")]
    pub actor: String,
    /// When it was added.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
}

/// A correction to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrection {
    /// What was wrong and what is right; plain text.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
    /// When it was made; now when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    pub date: Option<String>,
}
