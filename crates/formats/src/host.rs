//! Which domain a host name belongs to: the one that somebody registered, by the Public Suffix List.
//!
//! Whoever proves that `noordzorg.example` is theirs has proved it for every host below it; whoever
//! claims `co.example` must not have proved it for a country.

/// The domain that somebody registered to have this host, in small letters. `None` when the name is
/// itself a suffix under which everybody may register, or no name at all.
///
/// Source: publicsuffix.org, "Formal algorithm"; the list is compiled in.
pub fn registrable(host: &str) -> Option<String> {
    let host = host.trim().strip_suffix('.').unwrap_or(host.trim()).to_lowercase();
    if host.starts_with('.') || host.split('.').any(str::is_empty) {
        return None;
    }
    psl::domain_str(&host).map(str::to_owned)
}

/// Whether `host` is `domain` or stands below it.
pub fn is_within(host: &str, domain: &str) -> bool {
    match host.strip_suffix(domain) {
        Some(rest) => rest.is_empty() || rest.ends_with('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_belongs_to_the_domain_that_was_registered() {
        assert_eq!(registrable("VPN.Noord.Zorg.nl.").as_deref(), Some("zorg.nl"));
        assert_eq!(registrable("noordzorg.example").as_deref(), Some("noordzorg.example"));
        assert_eq!(registrable("www.kliniek.co.uk").as_deref(), Some("kliniek.co.uk"));
        assert_eq!(registrable("co.uk"), None);
        assert_eq!(registrable("nl"), None);
        assert_eq!(registrable(".nl"), None);
        assert!(is_within("vpn.noordzorg.example", "noordzorg.example"));
        assert!(!is_within("vpn.zuidnoordzorg.example", "noordzorg.example"));
    }
}
