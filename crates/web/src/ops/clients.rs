//! Who sends a request: the address at the other end, or the one that a trusted proxy names.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// Each proxy adds the address that it saw at the end.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies before the server, by address or network. What anyone else says about itself is not believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client {
    /// The address of whoever sent it, as far as can be known.
    pub address: IpAddr,
    /// Did it come through a proxy of ours?
    pub by_proxy: bool,
}

impl Proxies {
    /// These networks; a single address is a network of its own.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The last address of `X-Forwarded-For` that is none of ours: whatever stands before it a visitor may have
    /// written. Without one it is the proxy itself that asks.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return Client { address: peer, by_proxy: false };
        }
        let texts: Vec<&str> =
            headers.get_all(FORWARDED).iter().map(|value| value.to_str().unwrap_or_default()).collect();
        let mut named = texts.iter().flat_map(|text| text.split(',')).collect::<Vec<_>>().into_iter().rev();
        let address = named
            .by_ref()
            .map_while(|text| text.trim().parse::<IpAddr>().ok())
            .map(|address| address.to_canonical())
            .find(|address| !self.trusts(*address));
        Client { address: address.unwrap_or(peer), by_proxy: true }
    }
}

/// One visitor for the limits: an address, and of IPv6 the network of 64 bits, which one household has whole.
pub(super) fn visitor(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: Option<&str>) -> String {
        let proxies = Proxies::new(trusted.iter().map(|text| text.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        if let Some(text) = forwarded {
            headers.insert(FORWARDED, text.parse().unwrap());
        }
        proxies.client(peer.parse().unwrap(), &headers).address.to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(client(&[], "203.0.113.9", Some("198.51.100.1")), "203.0.113.9");
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.9", Some("198.51.100.1")), "203.0.113.9");
    }

    #[test]
    fn of_what_a_proxy_says_the_last_stranger_counts() {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8"];
        assert_eq!(client(&trusted, "127.0.0.1", Some("198.51.100.1")), "198.51.100.1");
        assert_eq!(client(&trusted, "127.0.0.1", Some("1.2.3.4, 198.51.100.1, 10.1.1.1")), "198.51.100.1");
        assert_eq!(client(&trusted, "127.0.0.1", Some("198.51.100.1, nonsense")), "127.0.0.1");
        assert_eq!(client(&trusted, "::ffff:127.0.0.1", None), "127.0.0.1");
    }

    #[test]
    fn a_household_with_ipv6_is_one_visitor() {
        let of = |text: &str| visitor(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
