# What others saw at addresses and names.
findings-title = Nobody's, or more than one's
findings-what-to-do = Somebody sees something here, and we do not know whose the place is. Say so, and what was seen goes to whom it concerns, now and the next time.
findings-nobodys = Nobody's
findings-disputed = Disputed
findings-none = Nothing.
findings-of = Seen at
findings-own = What others saw at your place
findings-own-what = This is what others saw at your addresses and under your names. What we warn about stands with your warnings.
findings-own-none = Nobody saw anything at an address that is shown to be yours. That does not say that nothing is there.
findings-found = { $form ->
    [one] 1 finding
   *[other] { $n } findings
  }
findings-place = Place
findings-place-hint = An address, a network such as 192.0.2.0/24, or a domain.
findings-what = What
findings-state = Standing
findings-looked = Seen
findings-whose = Whose
findings-open = Still to be seen
findings-unseen = Not seen or looked for in two weeks
findings-gone = Not to be seen any more
findings-never = Looked for, never seen
findings-certificate = Name in the certificate:
findings-certificate-shared = too many names for one owner
findings-hinted = Only the name in the certificate points to the owner. That is a hint and no proof.
findings-first = First:
findings-last = Last:
findings-reports = { $form ->
    [one] in 1 report
   *[other] in { $n } reports
  }
findings-vulnerable = vulnerable
findings-misconfigured = misconfigured
findings-abuse = abuse
findings-present = present
findings-undetermined = unclear
findings-not-vulnerable = not vulnerable
findings-decide = Whose is this?
findings-owner = Participant or partner
findings-owner-hint = The name under which it takes part, or of the organisation. Empty: nobody's whom we know.
findings-reason = Reason
findings-reason-hint = What shows it, and whom did you speak to?
findings-decide-send = Write it down
findings-decided = What was decided
findings-nobody = nobody's whom we know
