//! Passwords: what may be one, and how it is kept.

use std::time::Duration;

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::{sync::Semaphore, time::timeout};

use crate::http::AppError;

/// The least characters.
pub const SHORTEST: usize = 12;

/// The most characters.
pub const LONGEST: usize = 200;

/// Each hash takes 19 MiB and some tens of milliseconds of a core; more at once would let those who guess
/// starve those who work.
static SLOTS: Semaphore = Semaphore::const_new(2);

/// How long a sign-in waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is checked for an account that there is not, so that it takes as long as one that there is (R14). It is
/// the hash of nothing: random bytes in the form of today's parameters.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$WyGwMi+74uPYgp4bcTHp4Q$RQh4cJeBe2aWdu1mdq867Jlb7ulj7xwsujDuR4zcuFA";

/// The commonest passwords of the permitted length. Shorter ones are refused anyway.
const COMMON: &[&str] = &[
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "administrator",
    "akusayangkamu",
    "aminaminamin",
    "anakkucantik",
    "bismillah123",
    "bismillahirrahmanirrahim",
    "indonesia123",
    "indonesiaraya",
    "katasandi123",
    "password1234",
    "password123!",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwertyuiop123",
    "selamatdatang",
    "zaq12wsxcde3",
];

/// Why something cannot be a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short.
    #[error("has at least {SHORTEST} characters")]
    Short,
    /// Too long.
    #[error("has at most {LONGEST} characters")]
    Long,
    /// It is the officer's address or name.
    #[error("is not the e-mail address or the name")]
    Own,
    /// It is among the first that are tried.
    #[error("is too easy to guess")]
    Common,
}

/// Whether this may be the password of the officer with this address and name.
pub fn check(password: &str, email: &str, name: &str) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Weak::Short);
    }
    if length > LONGEST {
        return Err(Weak::Long);
    }
    let lower = password.to_lowercase();
    let squeezed = |text: &str| text.to_lowercase().split_whitespace().collect::<String>();
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    if lower == email.to_lowercase() || lower == local || squeezed(password) == squeezed(name) {
        return Err(Weak::Own);
    }
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 4 || COMMON.contains(&lower.as_str()) {
        return Err(Weak::Common);
    }
    Ok(())
}

/// What is stored of a password.
pub async fn hash(password: &str) -> Result<String, AppError> {
    let password = password.to_owned();
    in_turn(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await?
    .map_err(AppError::internal)
}

/// Whether this is the password that was stored; without one it takes as long and says no (R14).
pub async fn is_right(stored: Option<&str>, password: &str) -> Result<bool, AppError> {
    let (known, stored, password) =
        (stored.is_some(), stored.unwrap_or(NOBODY).to_owned(), password.to_owned());
    let verified = in_turn(move || {
        Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok()
    })
    .await?;
    Ok(known && verified)
}

/// Runs what takes long off the threads that serve, a few at a time.
async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let _slot = timeout(PATIENCE, SLOTS.acquire())
        .await
        .map_err(|_| AppError::Unavailable)?
        .expect("the semaphore is never closed");
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other_is() {
        let stored = hash("kopi tubruk panas").await.unwrap();
        assert!(!stored.contains("kopi"));
        assert!(is_right(Some(&stored), "kopi tubruk panas").await.unwrap());
        assert!(!is_right(Some(&stored), "kopi tubruk dingin").await.unwrap());
        assert!(!is_right(None, "kopi tubruk panas").await.unwrap());
        assert!(!is_right(Some("not a hash"), "kopi tubruk panas").await.unwrap());
    }

    #[tokio::test]
    async fn r14_what_is_checked_for_nobody_costs_what_a_real_hash_costs() {
        let parameters =
            |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        let real = hash("kopi tubruk panas").await.unwrap();
        assert_eq!(parameters(NOBODY), parameters(&real));
        assert!(argon2::password_hash::phc::PasswordHash::new(NOBODY).is_ok());
        assert_eq!(NOBODY.len(), real.len());
    }

    #[test]
    fn short_long_own_and_common_passwords_are_refused() {
        let judge = |password: &str| check(password, "ayu.lestari@seruni.example", "Ayu Lestari");
        assert_eq!(judge("ninechars"), Err(Weak::Short));
        assert_eq!(judge(&"abcdef".repeat(40)), Err(Weak::Long));
        assert_eq!(judge("Ayu.Lestari@seruni.example"), Err(Weak::Own));
        assert_eq!(check("AYU.LESTARI.P", "ayu.lestari.p@seruni.example", "Ayu"), Err(Weak::Own));
        assert_eq!(judge("ayu  lestari"), Err(Weak::Own));
        assert_eq!(judge("Password1234"), Err(Weak::Common));
        assert_eq!(judge("ababababababab"), Err(Weak::Common));
        assert_eq!(judge("tiga gelas kopi"), Ok(()));
        // Twelve characters, although more bytes; one less is too short.
        assert_eq!(judge("ñandú ñandús"), Ok(()));
        assert_eq!(judge("ñandú ñandú"), Err(Weak::Short));
    }

    #[test]
    fn every_common_password_is_long_enough_to_need_the_list() {
        for password in COMMON {
            assert!(password.chars().count() >= SHORTEST, "{password}");
            assert_eq!(*password, password.to_lowercase());
        }
    }
}
