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
