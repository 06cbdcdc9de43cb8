# Where papers come from, and what went wrong there. The value is an address, a name or a number.
sources-title = Sources
sources-what = Here we fetch by ourselves what others publish. A source that says nothing for long may also be broken.
sources-alarms = { $form ->
    [one] 1 source is silent or out of reach. See what is the matter.
   *[other] { $n } sources are silent or out of reach. See what is the matter.
  }
sources-none = There is no source yet. Without one, nothing comes in by itself.
sources-list = { $form ->
    [one] 1 source
   *[other] { $n } sources
  }
sources-name = Name
sources-kind = Kind
sources-health = How it is
sources-succeeded = Last success
sources-arrived = Last new paper
sources-next = Next time
sources-papers = Papers
sources-parked = Parked
sources-never = never yet
sources-not-asked = is not asked
sources-address = Address
sources-address-hint = A domain, or the address of the file that lists everything.
sources-asserter = Who says it
sources-keys = Fingerprints of keys
sources-keys-hint = With one filled in, no other key counts. Empty: we take the keys that the source itself names.
sources-tlp = At most
sources-add = Add a source
sources-add-what = We ask addresses on the internet only, and only with TLS.
sources-add-sure = Add
sources-failures = { $form ->
    [one] That happened once.
   *[other] That happened { $n } times in a row.
  }
sources-silent-what = This source answers, and has had nothing new for much longer than usual. Ask the publisher whether that is right.
sources-run = Ask now
sources-pause = Leave alone
sources-resume = Ask again
sources-in-file = This source stands in the configuration file of the node.
sources-parked-list = { $form ->
    [one] 1 paper parked
   *[other] { $n } papers parked
  }
sources-parked-what = What lies here was not read. We try it again by ourselves.
sources-visits = The last times
sources-when = When
sources-outcome = How it went
sources-listed = Listed
sources-taken = New
sources-known = Known already
sources-went-well = went well
trouble-no-metadata = No CSAF provider can be found at { $about }: not at the fixed address, not by security.txt and not by DNS.
trouble-unreadable = What stands at { $about } cannot be read.
trouble-nothing-listed = { $about } lists nothing that we could fetch.
trouble-circle = { $about } leads back to itself.
trouble-too-many = { $about } lists more than we are willing to fetch.
trouble-hash-missing = No digest is published.
trouble-hash-unreachable = The digest cannot be fetched.
trouble-hash-wrong = The digest is wrong. The paper was changed, or not all of it came.
trouble-signature-missing = No signature is published.
trouble-signature-unreachable = The signature cannot be fetched.
trouble-signature-wrong = The signature is wrong. The paper was changed, or somebody else signed it.
trouble-no-key = No key of { $about } with the right fingerprint can be had.
trouble-other-name = The file must be called { $about }, after the number that stands in it.
trouble-too-narrow = The paper is TLP:{ $about }. That may not come from here.
trouble-leads-away = It lies outside { $about }.
trouble-shelved = It lies on the shelf. The reader says: { $about }
trouble-no-folder = { $about } is not there, or may not be read.
trouble-not-to-be-listed = The publisher does not want to be listed by aggregators.
egress-no-address = { $about } is no address of a page. One begins with https:// and a name.
egress-not-secure = { $about } would be asked without TLS. Use https://.
egress-credentials = The address of { $about } holds a name or a password. Leave them out.
egress-port = { $about } is no port of a web server.
egress-not-public = { $about } is not on the internet but in an internal network. The administrator can allow it.
egress-unknown = Nobody knows the name { $about }. Is it spelt right?
egress-unreachable = { $about } cannot be reached.
egress-certificate = { $about } shows no certificate that we trust.
egress-sent-away = We are sent to another place: { $about }. We do not go there by ourselves. Use the new address.
egress-sent-around = { $about } sends us on and on.
egress-status = The answer was an error. { $about }
egress-too-big = This is larger than we take, in bytes. { $about }
egress-too-slow = { $about } answers too slowly.
egress-garbled = What { $about } sends cannot be unpacked.
egress-unfit = The way out is not open: { $about }
