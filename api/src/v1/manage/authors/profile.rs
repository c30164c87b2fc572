//! What is said about an author, and whose account writes under the name: read from a body, and
//! put on top of what is there.

use domain::access::{Access, Action, may};
use domain::author::{Link, Portrait, Profile, check_links, parse_bio, parse_title};
use domain::id::UserId;
use domain::user::UserStatus;
use domain::{Invalid, InvalidCode};
use openapi::Patch;
use openapi::author::{AuthorImagePatch, AuthorLink, AuthorPatch, NewAuthor};
use storage::{Tx, users};

use crate::v1::write::{Noted, Refused, Wrong};

/// The profile of a new author.
pub(super) fn new_profile(new: &NewAuthor, wrong: &mut Wrong) -> Result<Profile, Noted> {
    let title = wrong.check_given(new.title.as_deref(), parse_title);
    let bio = wrong.check_given(new.bio.as_deref(), parse_bio);
    let image = wrong.check_given(new.image.as_ref(), |image| {
        let (width, height) = (image.width.map(i64::from), image.height.map(i64::from));
        Portrait::new(&image.url, image.alt.as_deref(), width, height)
    });
    let links = links(&new.links, wrong);
    Ok(Profile {
        title: title?,
        bio: bio?,
        image: image?,
        links: links?,
    })
}

/// A change of a profile.
#[derive(Debug, Clone)]
pub(super) struct ProfileChange {
    title: Patch<String>,
    bio: Patch<String>,
    image: Patch<AuthorImagePatch>,
    links: Option<Vec<Link>>,
}

impl ProfileChange {
    pub(super) fn parse(patch: &AuthorPatch, wrong: &mut Wrong) -> Result<Self, Noted> {
        let title = wrong.check_patch(patch.title.clone(), |text| parse_title(&text));
        let bio = wrong.check_patch(patch.bio.clone(), |text| parse_bio(&text));
        let given = patch.links.as_deref();
        let links = given.map(|given| links(given, wrong)).transpose();
        Ok(Self {
            title: title?,
            bio: bio?,
            image: patch.image.clone(),
            links: links?,
        })
    }

    /// The profile after it.
    pub(super) fn apply(self, present: Profile) -> Result<Profile, Invalid> {
        Ok(Profile {
            title: self.title.apply(present.title),
            bio: self.bio.apply(present.bio),
            image: merged_image(present.image, self.image)?,
            links: self.links.unwrap_or(present.links),
        })
    }
}

fn links(given: &[AuthorLink], wrong: &mut Wrong) -> Result<Vec<Link>, Noted> {
    let links: Vec<_> = given
        .iter()
        .enumerate()
        // Of more than there may be the first are enough to refuse all.
        .take(domain::author::LINKS_MAX + 1)
        .map(|(place, link)| wrong.check(Link::new(place, &link.label, &link.url)))
        .collect();
    let links: Vec<Link> = links.into_iter().collect::<Result<_, _>>()?;
    wrong.check(check_links(&links).map(|()| links))
}

fn merged_image(
    present: Option<Portrait>,
    patch: Patch<AuthorImagePatch>,
) -> Result<Option<Portrait>, Invalid> {
    let patch = match patch {
        Patch::Absent => return Ok(present),
        Patch::Null => return Ok(None),
        Patch::Value(patch) => patch,
    };
    let before = present.as_ref();
    let url = patch.url.or_else(|| before.map(|image| image.url.clone()));
    let url = url.ok_or_else(|| {
        let detail = "a new picture needs its address";
        Invalid::new("image/url", InvalidCode::Required, detail)
    })?;
    let alt = before.and_then(|image| image.alt.clone());
    let width = patch.width.apply(before.and_then(|image| image.width));
    let height = patch.height.apply(before.and_then(|image| image.height));
    Portrait::new(
        &url,
        patch.alt.apply(alt).as_deref(),
        width.map(i64::from),
        height.map(i64::from),
    )
    .map(Some)
}

/// The account that a body names.
pub(super) fn parse_user(text: &str) -> Result<UserId, Invalid> {
    UserId::parse(text).map_err(|invalid| invalid.at("user"))
}

/// Refuses to tie an author to another account than before, or to none, unless the caller manages
/// accounts. Whoever keeps the list of authors must not put their own account behind a colleague's
/// name, nor take it from there; and what is 409 or 422 here tells of accounts. The account is held:
/// it is not erased before it is tied.
pub(super) fn check_tie(
    tx: &mut Tx<'_>,
    present: Option<UserId>,
    wanted: Option<UserId>,
) -> Result<(), Refused> {
    if wanted == present {
        return Ok(());
    }
    may(tx.actor(), Access::Staff(Action::ManageUsers))?;
    let Some(id) = wanted else {
        return Ok(());
    };
    let user = users::lock(tx, id)?;
    if user.is_none_or(|user| user.status == UserStatus::Erasing) {
        let detail = "there is no such account";
        return Err(Invalid::new("user", InvalidCode::UnknownReference, detail).into());
    }
    Ok(())
}
