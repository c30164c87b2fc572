//! Sections: the tree a newspaper is arranged in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::comment::CommentSetting;
use crate::comment_options::{CommentOptions, CommentOptionsPatch};
use crate::patch::{Patch, present};
use crate::schema::{SectionId, SitePath, Slug, Timestamp};

/// A section as an article names one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SectionRef {
    /// The section's id.
    #[schema(value_type = SectionId)]
    pub id: String,
    /// The section's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Ferries")]
    pub name: String,
}

/// One step of the way from a root section to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Breadcrumb {
    /// The section's id.
    #[schema(value_type = SectionId)]
    pub id: String,
    /// The section's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "City")]
    pub name: String,
    /// Where the section stands on the site.
    #[schema(value_type = SitePath)]
    pub path: String,
}

/// A section in the tree, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SectionNode {
    /// The section's id.
    #[schema(value_type = SectionId)]
    pub id: String,
    /// The section's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Ferries")]
    pub name: String,
    /// Where the section stands on the site.
    #[schema(value_type = SitePath)]
    pub path: String,
    /// What the section is about, plain text.
    #[schema(required = true)]
    pub description: Option<String>,
    /// The section above this one; `null` for a root section.
    #[schema(value_type = Option<SectionId>, required = true)]
    pub parent_id: Option<String>,
    /// How many articles can be read in this section and below it. May be 60 seconds old.
    #[schema(minimum = 0)]
    pub article_count: i64,
    /// The sections directly below, each with its own, in their order.
    #[schema(no_recursion)]
    pub children: Vec<SectionNode>,
}

/// One section as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Section {
    /// The section's id.
    #[schema(value_type = SectionId)]
    pub id: String,
    /// The section's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Ferries")]
    pub name: String,
    /// Where the section stands on the site.
    #[schema(value_type = SitePath)]
    pub path: String,
    /// What the section is about, plain text.
    #[schema(required = true)]
    pub description: Option<String>,
    /// The section above this one; `null` for a root section.
    #[schema(value_type = Option<SectionId>, required = true)]
    pub parent_id: Option<String>,
    /// The way down to this section: the root section first, this one last.
    pub breadcrumbs: Vec<Breadcrumb>,
    /// The sections directly below, each with its own, in their order.
    pub children: Vec<SectionNode>,
    /// How many articles can be read in this section and below it. May be 60 seconds old.
    #[schema(minimum = 0)]
    pub article_count: i64,
}

/// A section as editors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ManagedSection {
    /// The section's id.
    #[schema(value_type = SectionId)]
    pub id: String,
    /// The section's slug.
    #[schema(value_type = Slug)]
    pub slug: String,
    /// The name as it is printed.
    #[schema(example = "Ferries")]
    pub name: String,
    /// Where the section stands on the site.
    #[schema(value_type = SitePath)]
    pub path: String,
    /// What the section is about, plain text.
    #[schema(required = true)]
    pub description: Option<String>,
    /// The section above this one; `null` for a root section.
    #[schema(value_type = Option<SectionId>, required = true)]
    pub parent_id: Option<String>,
    /// The place among the siblings, the first being 0.
    #[schema(minimum = 0)]
    pub position: i64,
    /// Who may comment in this section.
    pub comments: CommentSetting,
    /// What else it says about comments.
    pub comment_options: CommentOptions,
    /// Grows by one with every change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When the section was created.
    #[schema(value_type = Timestamp)]
    pub created_at: String,
    /// When the section was last changed.
    #[schema(value_type = Timestamp)]
    pub updated_at: String,
}

/// A new section. It comes last among its siblings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSection {
    /// The name as it is printed.
    #[schema(min_length = 1, max_length = 120, example = "Ferries")]
    pub name: String,
    /// Made from the name when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<Slug>)]
    pub slug: Option<String>,
    /// The slug or id of the section above; a root section when `null` or left out.
    #[serde(default)]
    #[schema(max_length = 96, example = "city")]
    pub parent: Option<String>,
    /// What the section is about, plain text.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Who may comment in this section.
    #[serde(default)]
    #[schema(value_type = CommentSetting, required = false, default = "inherit")]
    pub comments: CommentSetting,
    /// What else holds for comments, where it says something itself.
    #[serde(default)]
    pub comment_options: Option<CommentOptionsPatch>,
}

/// Where a section goes, with everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionMove {
    /// The slug or id of the section above; `null` makes it a root section.
    // Left out by mistake it must not be the top.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true, max_length = 96, example = "city")]
    pub parent: Option<String>,
    /// The place among the siblings, the first being 0; the last when `null` or left out.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, example = 0)]
    pub position: Option<u32>,
}

/// Which section another one becomes part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionMerge {
    /// The slug or id of the section that stays.
    #[schema(max_length = 96, example = "city")]
    pub into: String,
}

/// What to change of a section; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionPatch {
    /// The name as it is printed.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120)]
    pub name: Option<String>,
    /// The slug; `null` makes it from the name again.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Slug>)]
    pub slug: Patch<String>,
    /// What the section is about; `null` takes it away.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub description: Patch<String>,
    /// Who may comment in this section.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = CommentSetting, required = false)]
    pub comments: Option<CommentSetting>,
    /// What else holds for comments. A member left out stays as it is; `null` says nothing at all.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<CommentOptionsPatch>)]
    pub comment_options: Patch<CommentOptionsPatch>,
    /// The place among the siblings, the first being 0; `null`, or more than there are, is the last.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 0, example = 0)]
    pub position: Patch<u32>,
}
