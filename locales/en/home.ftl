# The home of a participant.
home-good-night = Good night.
home-good-morning = Good morning.
home-good-afternoon = Good afternoon.
home-good-evening = Good evening.
home-quiet = All is quiet.
home-asks = { $form ->
    [one] One thing asks for your answer.
   *[other] { $n } things ask for your answer.
  }
home-before = Please before
home-watched = { $form ->
    [one] We keep an eye on 1 system.
   *[other] We keep an eye on { $n } systems.
  }
home-measured = The last measurement was
home-never-measured = Nothing was measured yet.
home-nothing-registered = You have registered nothing yet. So we do not know what to warn you about.
home-register = Register what you use (2 minutes)
home-missing = This helps the next time
home-on-call-missing = We have no number of your person on call. At night we cannot reach you.
home-ciso-missing = We do not know who your CISO is.
home-assets-old = Nobody has looked at your list of assets for more than three months.
home-assets-none = Your list of systems is empty. We then warn you of everything that is serious, also when you do not have it.
home-fill-in = Fill in (1 minute)
home-others = Other warnings
home-no-others = There are no other warnings.
home-stage = Stage
home-to-warning = To the warning
