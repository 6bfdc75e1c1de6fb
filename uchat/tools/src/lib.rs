//! Tools around the messenger.
