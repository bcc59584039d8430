//! Segments: typed conditions, the same on both databases and in memory.

mod conditions;
