//! Under which name an advisory is published.

/// The file name of the advisory with this tracking id: in small letters, with one low line for each run of
/// characters that are not `+`, `-`, a letter or a digit (CSAF 2.0 and 2.1, section 5.1).
pub fn file_name(tracking_id: &str) -> String {
    let mut name = String::with_capacity(tracking_id.len().saturating_add(5));
    for letter in tracking_id.chars().map(|it| it.to_ascii_lowercase()) {
        match letter {
            '+' | '-' | 'a'..='z' | '0'..='9' => name.push(letter),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    name + ".json"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advisory_is_filed_in_small_letters_with_one_low_line_for_whatever_else() {
        assert_eq!(file_name("NCSC-2026-0007"), "ncsc-2026-0007.json");
        assert_eq!(file_name("Polder: #/CERT_2.1 + é"), "polder_cert_2_1_+_.json");
        assert_eq!(file_name("../../etc/passwd"), "_etc_passwd.json");
    }
}
