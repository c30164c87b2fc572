//! What HTML may hold.
