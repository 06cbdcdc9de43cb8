//! OpenSSL: letters for patches up to 1.1.1 (`1.0.2z` is followed by `1.0.2za`), Semantic Versioning from
//! 3.0.0 on ("OpenSSL Release Strategy").

use super::super::key::{Rest, Writer};
use super::semver::{Case, numbers, pre_release};

pub fn write(mut rest: Rest<'_>, to: &mut Writer) -> Option<()> {
    if matches!(rest.first(), Some(b'v' | b'V')) {
        rest.skip();
    }
    numbers(&mut rest, to)?;
    to.folded(rest.letters());
    pre_release(rest, Case::Folded, to);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::Scheme;
    use super::super::tests::{refuses, rises};

    #[test]
    fn letters_are_patches() {
        rises(
            Scheme::Openssl,
            "0.9.8 < 0.9.8lt < 0.9.8ztl < 1.0.1g < 1.0.2-beta1 < 1.0.2 < 1.0.2a < 1.0.2z < 1.0.2za < 1.0.2zf < \
             1.1.1 < 1.1.1k < 3.0.0-alpha1 < 3.0.0-beta2 < 3.0.0 < 3.0.7 < 3.1.0",
        );
        refuses(Scheme::Openssl, &["fips", ""]);
    }
}
