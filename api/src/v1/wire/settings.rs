//! What holds for the whole site, on the wire.

use openapi::settings::SiteSettings;

use super::comment::state;
use super::comment_options::options;
use super::time;

/// What holds for the whole site.
pub(crate) fn settings(settings: storage::settings::SiteSettings) -> SiteSettings {
    SiteSettings {
        comments: state(settings.comments.comments),
        comment_options: options(settings.comments.options),
        version: settings.version,
        updated_at: time(settings.updated_at),
    }
}
