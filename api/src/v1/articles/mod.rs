//! Published articles: the lists, the page, and the read beacon.

mod list;
pub(crate) mod page;
mod popular;
mod read;
mod views;

pub(crate) use list::{filter, known_places, list_articles};
pub(crate) use read::get_article;
pub(crate) use views::count_view;
