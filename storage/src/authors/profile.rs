//! What readers are told about an author, as it lies in the columns.

use diesel::prelude::*;
use domain::author::{Link, Portrait, Profile};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::schema::authors;

/// The columns. The pictures and links are JSON with names of our own, so that neither they nor
/// those of the wire change the other.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = authors, treat_none_as_null = true)]
pub(super) struct Columns {
    title: Option<String>,
    bio: Option<String>,
    image: Option<String>,
    links: String,
}

#[derive(Serialize, Deserialize)]
struct StoredPortrait {
    url: String,
    alt: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
}

#[derive(Serialize, Deserialize)]
struct StoredLink {
    label: String,
    url: String,
}

impl TryFrom<&Profile> for Columns {
    type Error = Error;

    fn try_from(profile: &Profile) -> Result<Self, Error> {
        let image = profile.image.as_ref().map(|image| StoredPortrait {
            url: image.url.clone(),
            alt: image.alt.clone(),
            width: image.width,
            height: image.height,
        });
        let links = profile.links.iter().map(|link| StoredLink {
            label: link.label.clone(),
            url: link.url.clone(),
        });
        let image = image.map(|image| serde_json::to_string(&image));
        Ok(Self {
            title: profile.title.clone(),
            bio: profile.bio.clone(),
            image: image.transpose()?,
            links: serde_json::to_string(&links.collect::<Vec<_>>())?,
        })
    }
}

impl TryFrom<Columns> for Profile {
    type Error = Error;

    fn try_from(columns: Columns) -> Result<Self, Error> {
        let image = columns.image.as_deref().map(serde_json::from_str);
        let image: Option<StoredPortrait> = image.transpose()?;
        let links: Vec<StoredLink> = serde_json::from_str(&columns.links)?;
        let links = links.into_iter().map(|link| Link {
            label: link.label,
            url: link.url,
        });
        Ok(Self {
            title: columns.title,
            bio: columns.bio,
            image: image.map(|image| Portrait {
                url: image.url,
                alt: image.alt,
                width: image.width,
                height: image.height,
            }),
            links: links.collect(),
        })
    }
}
