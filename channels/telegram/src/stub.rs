//! A strict stand-in.
