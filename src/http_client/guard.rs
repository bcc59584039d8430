//! Which network addresses may be called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The name leads to inner addresses alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to an inner address")]
pub struct Denied;

/// Resolves names, and keeps of their addresses those that are public or expressly allowed.
#[derive(Debug)]
pub struct Guard {
    allow: Vec<IpAddr>,
}

impl Guard {
    /// With the inner addresses that may be called all the same.
    #[must_use]
    pub fn new(allow: Vec<IpAddr>) -> Self {
        Self { allow }
    }

    /// Whether this address may be called.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        self.allow.contains(&address) || is_public(address)
    }

    /// What of the addresses that a name has may be called.
    pub(super) fn permitted(
        &self,
        addresses: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, Denied> {
        let permitted: Vec<_> = addresses.filter(|address| self.permits(address.ip())).collect();
        if permitted.is_empty() { Err(Denied) } else { Ok(permitted) }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Self { allow: self.allow.clone() };
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Addrs = Box::new(guard.permitted(addresses)?.into_iter());
            Ok(permitted)
        })
    }
}

/// Whether an address is one of the public internet, by the registries of special addresses of the IANA.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)  // this network, private, loopback, multicast and reserved
            | (100, 64..=127, _)          // shared by carriers
            | (169, 254, _)               // link-local, and the metadata of clouds
            | (172, 16..=31, _)           // private
            | (192, 0, 0 | 2)             // protocol assignments, documentation
            | (192, 88, 99)               // relays to IPv6
            | (192, 168, _)               // private
            | (198, 18 | 19, _)           // benchmarks
            | (198, 51, 100)              // documentation
            | (203, 0, 113) // documentation
    )
}

/// All that is public lies in `2000::/3`. Outside of it are loopback, unspecified, mapped and compatible IPv4,
/// translation (`64:ff9b::/96`), unique local, link-local and multicast addresses.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    match (a, b) {
        // Protocol assignments (Teredo carries an IPv4 address), documentation, 6to4 (carries one too).
        (0x2001, 0..=0x1ff | 0x0db8) | (0x2002, _) | (0x3fff, 0..=0x0fff) => false,
        _ => (0x2000..=0x3fff).contains(&a),
    }
}
