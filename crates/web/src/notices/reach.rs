//! Which addresses a webhook may lie at: whoever may name an address must not be able to ask, through this program, what
//! lies behind the district's own walls.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use district::Refusal;
use http::Uri;
use ipnet::IpNet;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Everything that is public, and the networks that whoever runs the program has named.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    networks: Vec<IpNet>,
}

impl Reach {
    /// The same with networks of one's own. An address in one of them may be asked without TLS.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self { networks }
    }

    fn named(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || self.named(address)
    }

    /// Refuses an address that nothing can be sent to, as far as it shows: names are looked up each time something is sent.
    pub(super) fn check(&self, url: &str) -> Result<(), Refusal> {
        let refused = |message| Err(Refusal::new(message).at("url"));
        let uri: Result<Uri, _> = url.trim().parse();
        let Ok(uri) = uri else { return refused("notices-refused-address") };
        let Some(host) = uri.host() else { return refused("notices-refused-address") };
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let secure = uri.scheme_str() == Some("https");
        match address {
            Some(address) if !self.admits(address) => refused("notices-refused-private"),
            Some(address) if !secure && !self.named(address) => refused("notices-refused-plain"),
            None if !secure => refused("notices-refused-plain"),
            _ => Ok(()),
        }
    }
}

/// Looks names up, and gives back nothing that may not be reached: what was looked at is what is connected to.
#[derive(Debug)]
pub(super) struct Guarded(pub Reach, pub DefaultResolver);

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.1.resolve(uri, config, timeout)?;
        if found.iter().all(|address| self.0.admits(address.ip())) {
            return Ok(found);
        }
        Err(ureq::Error::Io(std::io::ErrorKind::PermissionDenied.into()))
    }
}

/// Is this an address that anyone on the Internet may be reached at?
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || matches!((a, b, c), (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _));
    !special
}

/// Global unicast, and what carries an address of IPv4 inside only where that is public.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, ..] = address.segments();
    match (first, second) {
        (0x2001, 0 | 0x0db8) => false,
        (0x2002, _) => is_public_v4(Ipv4Addr::from_bits(u32::from(second) << 16 | u32::from(third))),
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_walls_is_not_public() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
            "2001::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        for text in ["8.8.8.8", "101.226.4.6", "2400:3200::1", "2002:808:808::", "172.32.0.1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn an_address_is_looked_at_before_it_is_kept() {
        let (public, here) = (Reach::default(), Reach::new(vec!["127.0.0.0/8".parse().unwrap()]));
        let refused = |reach: &Reach, url: &str| reach.check(url).err().map(|refusal| refusal.message);
        assert_eq!(refused(&public, "https://hooks.example.org/lilong?a=b"), None);
        assert_eq!(refused(&public, "http://hooks.example.org/"), Some("notices-refused-plain"));
        assert_eq!(refused(&public, "https://127.0.0.1/"), Some("notices-refused-private"));
        assert_eq!(refused(&public, "https://[::1]/"), Some("notices-refused-private"));
        assert_eq!(refused(&public, "http://8.8.8.8/"), Some("notices-refused-plain"));
        assert_eq!(refused(&public, "https:///"), Some("notices-refused-address"));
        assert_eq!(refused(&here, "http://127.0.0.1:9999/"), None);
        assert_eq!(refused(&here, "https://10.0.0.1/"), Some("notices-refused-private"));
    }
}
