//! How much each caller may ask for.

mod class;
mod network;

pub(crate) use class::Class;
pub(crate) use network::network;
