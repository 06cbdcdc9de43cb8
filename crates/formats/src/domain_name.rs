//! Whose name it is: what somebody registers, and what a registry keeps for itself.
//!
//! After the Public Suffix List as it is compiled into `psl`. It decides which networks and addresses belong
//! together (`www.noordzorg.example` and `mail.noordzorg.example` are one house), and that nobody claims a
//! whole registry.

/// The domain that was registered, of a host name, in small letters: `noordzorg.co.uk` of
/// `www.NoordZorg.co.uk.`. `None` when the name is a registry's own, no name, or an address.
pub fn registrable(host: &str) -> Option<String> {
    let host = host.trim().strip_suffix('.').unwrap_or(host.trim());
    if host.len() > CHARS_MAX
        || host.split('.').any(str::is_empty)
        || host.parse::<std::net::IpAddr>().is_ok()
    {
        return None;
    }
    let host = host.to_lowercase();
    psl::domain_str(&host).map(str::to_owned)
}

/// Names are at most 253 octets (RFC 1035, 2.3.4); in Unicode they may be some more.
const CHARS_MAX: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_is_known_by_what_it_registered() {
        let said = |host| registrable(host).unwrap_or_default();
        assert_eq!(said("www.NoordZorg.co.uk."), "noordzorg.co.uk");
        assert_eq!(said("a.b.waterdorp.nl"), "waterdorp.nl");
        for nobody in ["nl", "co.uk", "", ".", "192.0.2.7", "2001:db8::1", ".waterdorp.nl", "a..nl"] {
            assert_eq!(registrable(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn a_name_as_long_as_a_book_is_nobodys() {
        assert_eq!(registrable(&"a.".repeat(500_000)), None);
    }
}
