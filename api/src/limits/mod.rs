//! How much each caller may ask for.

mod network;

pub(crate) use network::network;
