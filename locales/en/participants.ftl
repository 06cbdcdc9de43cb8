# Whom we serve, on the desk.
participants-name = Participant
participants-group = Target group
participants-open = Open warnings
participants-assets = Registered assets
participants-alias = Own name
participants-night = Can be reached at night
participants-night-yes = yes, tested
participants-night-no = no
participants-contacts = Contacts
participants-suspect = { $form ->
    [one] 1 contact fails
   *[other] { $n } contacts fail
  }
participants-found = { $form ->
    [one] 1 participant
   *[other] { $n } participants
  }
participants-none = No participant fits this.
participants-joined = participant since
participants-left = left on
participants-no-contact = We know nobody here. A warning cannot arrive.
participants-warning = Warning
participants-no-assets = Nothing is registered. This participant only gets what holds for everybody.
participants-systems = Systems
participants-systems-none = No system with this host or address, and no product of this name.
participants-systems-found = { $form ->
    [one] 1 system
   *[other] { $n } systems
  }
participants-systems-more = There may be more. Say more.

# Admitting and leaving.
admission-title = Admit a participant
admission-what = Call first, on a number from a register that somebody else keeps. Ask whether this organisation really applied, and whether this is the right person. Whoever applies in the name of another asks for their weak spots.
admission-organisation = The organisation
admission-name = Name of the organisation
admission-group = Target group
admission-kind = What it is in law
admission-kind-vital = vital provider
admission-kind-essential = essential entity
admission-kind-important = important entity
admission-kind-central-government = part of central government
admission-kind-non-vital = none of these
admission-kind-service = service provider
admission-contact = To whom we write
admission-contact-name = Name of the contact
admission-telephone = Own number, as given
admission-call = The call
admission-register = Number found at
admission-register-chamber-of-commerce = Chamber of Commerce
admission-register-government = register of public bodies
admission-register-sector = register of the sector
admission-reference = Number or name in that register
admission-called = Number that was called
admission-called-hint = Not the number that the applicant gave.
admission-spoke-to = To whom you spoke
admission-called-at = When
admission-send = Admit
admission-how = Admitted after a call with { $who }, on a number from: { $register } ({ $reference }). By { $by },
done-admitted = The participant is admitted and now gets a first message to answer.
refused-admission-name = There is or was a participant of this name. Did it return? Give it a name that says since when.
refused-admission-call = The call lies in the future or is older than a month. Call again.
refused-admission-number = You called the number that the applicant gave. Look one up in a register and call that.
leaving-title = This participant leaves
leaving-what = From now on nothing goes to this organisation any more. Open warnings end, and the board says what became of them.
leaving-taken-over = Another team takes it over
leaving-sure = Yes, this participant leaves
leaving-send = Record that it leaves
done-left = It is recorded that it left.
refused-leaving-unsure = Tick that you mean it: this cannot be undone.
ledger-admitted = Participant admitted
