//! x
/// x
#[derive(Debug)]
pub struct DkimError;
/// x
#[derive(Debug)]
pub struct DkimKey;
/// x
#[derive(Debug)]
pub struct MailboxSettings;
