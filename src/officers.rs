//! Officers: who serves, in which teams, with which rights; how they sign in.

pub mod audit;
pub mod caller;
pub mod duty;
pub mod http;
pub mod invitations;
pub mod model;
pub mod password;
pub mod policy;
pub mod queries;
pub mod sessions;
pub mod sign_in;
pub mod teams;
pub mod throttle;
pub mod tokens;
