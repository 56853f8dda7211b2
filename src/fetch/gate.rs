//! [`Gate`]: which addresses may be connected to.
//!
//! The user may name a feed anywhere, on his own machine too. Where a server sends us from there is another matter: only to addresses
//! of the public net. The check is made on the very addresses that are connected to, so that no name can stand for another
//! address between the check and the connection.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

/// How many addresses of a host are tried: as many as the client has room for.
const MAX_ADDRESSES: usize = 16;

/// Looks up the addresses of a host and a port.
pub type Lookup = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// A connection that is not made.
#[derive(Debug)]
pub(super) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a redirect to `{}` is not followed: it leads to an address that is not public", self.0)
    }
}

impl std::error::Error for Refused {}

/// Looks up hosts for the requests for one feed.
#[derive(Debug)]
pub(super) struct Gate {
    /// The host that the user named.
    home: String,
    /// Whether that was a public address when it was first looked up.
    home_is_public: OnceLock<bool>,
    lookup: Option<Lookup>,
}

impl Gate {
    pub(super) fn new(feed: &Url, lookup: Option<Lookup>) -> Self {
        let home = feed.host_str().unwrap_or_default().to_owned();
        Self { home, home_is_public: OnceLock::new(), lookup }
    }

    /// Refuses what need not be looked up, also where a proxy does that.
    pub(super) fn look(feed: &Url, target: &Url) -> Result<(), Refused> {
        let is_public = match target.host() {
            Some(Host::Ipv4(ip)) => is_public(ip.into()),
            Some(Host::Ipv6(ip)) => is_public(ip.into()),
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name != "localhost" && !name.ends_with(".localhost")
            }
            None => false,
        };
        let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
        if is_public || host(feed) == host(target) { Ok(()) } else { Err(Refused(host(target))) }
    }

    /// Those addresses of a host that may be connected to: all of the one that the user named, if it was not public to begin
    /// with, and the public ones of any other.
    fn admit(&self, host: &str, found: &[SocketAddr]) -> Result<Vec<SocketAddr>, Refused> {
        let all_public = || found.iter().all(|address| is_public(address.ip()));
        if host == self.home && !*self.home_is_public.get_or_init(all_public) {
            return Ok(found.to_vec());
        }
        let public: Vec<SocketAddr> = found.iter().copied().filter(|address| is_public(address.ip())).collect();
        if public.is_empty() { Err(Refused(host.to_owned())) } else { Ok(public) }
    }
}

impl Resolver for Gate {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let found: Vec<SocketAddr> = match self.lookup {
            Some(lookup) => {
                let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
                lookup(host, port)?
            }
            None => DefaultResolver::default().resolve(uri, config, timeout)?.to_vec(),
        };
        if found.is_empty() {
            return Err(ureq::Error::HostNotFound);
        }
        let admitted = self.admit(host, &found).map_err(|refused| ureq::Error::Other(Box::new(refused)))?;
        let mut addresses = self.empty();
        admitted.into_iter().take(MAX_ADDRESSES).for_each(|address| addresses.push(address));
        Ok(addresses)
    }
}

/// Whether an address is one of the public net, as the registries of special addresses (RFC 6890) have it.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        // "This network", shared by carriers, protocol assignments, benchmarks, reserved.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
        || a >= 240)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    let v4 = |at: usize| is_public_v4(Ipv4Addr::from((u32::from(parts[at]) << 16) | u32::from(parts[at + 1])));
    match parts {
        // Addresses of IPv4 in IPv6: mapped, compatible, translated, 6to4.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => v4(6),
        [0x2002, ..] => v4(1),
        // Documentation, Teredo.
        [0x2001, 0xdb8 | 0, ..] => false,
        // Only these are given out: the rest is local, multicast or reserved.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, SocketAddr};

    use url::Url;

    use super::{Gate, is_public};

    #[test]
    fn tells_public_addresses_from_others() {
        for public in
            ["8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for local in [
            "127.0.0.1",
            "127.8.8.8",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "100::1",
        ] {
            assert!(!is_public(local.parse().unwrap()), "{local}");
        }
    }

    fn addresses(ips: &[&str]) -> Vec<SocketAddr> {
        ips.iter().map(|ip| SocketAddr::new(ip.parse::<IpAddr>().unwrap(), 80)).collect()
    }

    #[test]
    fn what_was_public_first_cannot_become_local() {
        let gate = |feed: &str| Gate::new(&Url::parse(feed).unwrap(), None);
        let (public, local) = (addresses(&["8.8.8.8"]), addresses(&["127.0.0.1"]));
        let mixed = addresses(&["10.0.0.1", "8.8.8.8"]);

        let news = gate("https://news.example/feed");
        assert_eq!(news.admit("news.example", &public).unwrap(), public);
        assert!(news.admit("news.example", &local).is_err(), "the name has another address now");
        assert!(news.admit("other.example", &local).is_err());
        assert_eq!(news.admit("other.example", &mixed).unwrap(), public, "the public one of them");

        let home = gate("http://wiki.hospital/feed");
        assert_eq!(home.admit("wiki.hospital", &local).unwrap(), local, "the user named it");
        assert_eq!(home.admit("wiki.hospital", &local).unwrap(), local);
        assert!(home.admit("127.0.0.1", &local).is_err(), "and nothing else");
    }

    #[test]
    fn refuses_numbers_before_anybody_looks_them_up() {
        let feed = Url::parse("https://news.example/feed").unwrap();
        for refused in [
            "http://127.0.0.1/",
            "http://[::1]:80/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://localhost/",
            "http://a.localhost./",
        ] {
            assert!(Gate::look(&feed, &Url::parse(refused).unwrap()).is_err(), "{refused}");
        }
        assert!(Gate::look(&feed, &Url::parse("https://other.example/").unwrap()).is_ok());
    }
}
