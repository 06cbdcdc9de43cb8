# The OpenPGP key of a person, and how much their mail says.
contact-key = Versleutelde mail
contact-key-none = nee
contact-key-until = tot
contact-key-soon = verleng of vervang hem
contact-key-found-given = zelf gegeven
contact-key-found-directory = gevonden bij uw domein
contact-key-detail = In mail
contact-key-set = Sleutel
contact-key-what = Met een OpenPGP-sleutel kan niemand onderweg meelezen. De mail noemt dan ook host en adres.
contact-key-fingerprint = Vingerafdruk
contact-key-fingerprint-hint = Kopieer hem uit uw eigen programma: gpg --fingerprint.
contact-key-text = Publieke sleutel
contact-key-text-hint = Laat dit leeg als uw domein de sleutel publiceert (WKD). Dan zoeken wij hem daar.
contact-key-send = Versleutel voortaan
contact-key-forget = Vergeet deze sleutel
