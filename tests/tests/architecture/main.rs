//! The house keeps its shape: who may import whom, and how large a file may grow.

#[cfg(test)]
mod layers;
#[cfg(test)]
mod sources;
