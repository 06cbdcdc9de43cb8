# The OpenPGP key of a person, and how much their mail says.
contact-key = Encrypted mail
contact-key-none = no
contact-key-until = until
contact-key-soon = prolong or replace it
contact-key-found-given = handed in
contact-key-found-directory = found at your domain
contact-key-detail = In a mail
contact-key-set = Key
contact-key-what = With an OpenPGP key nobody on the way can read along. The mail then names host and address as well.
contact-key-fingerprint = Fingerprint
contact-key-fingerprint-hint = Copy it from your own program: gpg --fingerprint.
contact-key-text = Public key
contact-key-text-hint = Leave this empty if your domain publishes the key (WKD). We look for it there.
contact-key-send = Encrypt from now on
contact-key-forget = Forget this key
