//! Segments: typed conditions, the same on both databases and in memory; consent beside them.

mod agree;
mod conditions;
mod consent;
mod desk;
