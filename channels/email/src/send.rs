//! x
/// x
#[derive(Debug)]
pub struct EmailChannel;
/// x
#[derive(Debug)]
pub struct Limits;
/// x
#[derive(Debug)]
pub struct Relay;
/// x
#[derive(Debug)]
pub struct SetUpError;
/// x
#[derive(Debug)]
pub struct Tls;
/// x
#[derive(Debug)]
pub struct Way;
