# The situation board.
board-title = The situation
board-exploited = exploitation known
board-since = for
board-all-advisories = All advisories together
board-as-of = State of
board-reload = load again
board-now = { $form ->
    [one] To do now: 1
   *[other] To do now: { $n }
  }
board-next-rung = next rung in { $span }
board-more = These are the first { $n }. When one is done, the next comes up.
board-nothing-to-do = There is nothing to do now. New things turn up here by themselves.
board-why-call = call now
board-why-letter = send a letter
board-why-help-asked = asks help
board-why-contradicted = measurement contradicts answer
board-why-unreached = no message arrives
board-why-blocked-by-law = not allowed: no legal ground
board-why-compromise-check = needs a compromise check
board-rising = Would be judged more gravely
board-rising-by = says { $by }
board-samenesses = { $form ->
    [one] 1 pair of names waits: one vulnerability or two?
   *[other] { $n } pairs of names wait: one vulnerability or two?
  }
board-signals = { $form ->
    [one] 1 signal that nobody has seen
   *[other] { $n } signals that nobody has seen
  }
board-call = Call { $name } { $telephone }
board-no-telephone = No number of { $name }
board-nobody = We know nobody here. First find out who.
board-outcome-reached = Reached: sets to work
board-outcome-voicemail = No reply
board-outcome-refused = Refuses
board-outcome-wrong-number = Wrong number
board-letter-to = Letter to { $name }
board-letter-reached = Letter was handed in
board-letter-voicemail = Nobody there
board-letter-refused = Letter was refused
board-letter-wrong-number = Wrong address
board-other-outcome = Another outcome
board-help-given = Help was given
board-code-closed = A code from a mail is closed: somebody tried too often.
board-code-look = Look at the warning
board-kept = Filters that you keep
board-keep = Keep this filter
board-keep-name = Name of the filter
board-keep-send = Keep it
board-forget = Forget { $name }
board-why-asked = Wrote to us, no answer yet
board-answer-note = Read and answer
board-asks-since = waits for us for
board-take = Take it
board-taken-by = with { $name }
board-way = In whose name, and about what
board-counts = Where they stand
board-show = Show which
board-show-open = open
board-show-silent = silent
board-show-late = late
board-show-reopened = reopened
board-show-help-asked = asks help
board-show-unreached = unreachable
board-show-blocked-by-law = no legal ground
board-show-working = working on it
board-show-claimed = reported done
board-show-compromise-check = compromise check
board-show-risk-accepted = risk accepted
board-show-left = left
board-show-verified = verified safe
board-show-not-affected = not affected
board-to-table = Course and table
board-curve = Exposures still open
board-curve-now = { $form ->
    [one] 1 open now
   *[other] { $n } open now
  }
board-curve-deadline = due date
board-curve-table = The figures as a table
board-curve-none = There is no course to show yet.
board-when = Moment in time
board-open = Open now
board-rows = By participant
board-search = Find a participant
board-group = Target group
board-group-all = all target groups
board-mine = Only mine
board-filter = Show these
board-participant = Participant
board-stage = Stage
board-last-sign = Last sign
board-no-sign = none yet
board-deadline = Due
board-found = { $form ->
    [one] 1 warning
   *[other] { $n } warnings
  }
board-no-rows = No warning fits this filter.
board-show-everything = Show all
board-held = The post is held: nothing goes out.
board-held-look = To the shelf
board-late = { $form ->
    [one] 1 letter waits for the mail server, since
   *[other] { $n } letters wait for the mail server, the first since
  }
board-sources = { $form ->
    [one] 1 source is silent or out of reach: something may be missing here.
   *[other] { $n } sources are silent or out of reach: something may be missing here.
  }
board-sources-look = To the sources
board-intake = Reports being taken in
