# Whether our letters are still read.
fatigue-title = What our mail asks
fatigue-what = Whoever often gets mail that does not concern them learns to look away. This is how much mail a person gets from us, and how it is taken.
fatigue-flagged = { $form ->
    [one] One rule too often meets those whom it does not concern
   *[other] { $n } rules too often meet those whom they do not concern
 }
fatigue-weeks = The last eight weeks
fatigue-monday = Week from
fatigue-each = Mails per person
fatigue-most = Most to one person
fatigue-arrived = Warnings delivered
fatigue-heard = Heard from
fatigue-half = Half heard from after
fatigue-not-theirs = “Not applicable”
fatigue-half-what = Silence counts as silence: the time is that of everybody whom the warning reached, also of those who have said nothing yet. “Not applicable” is a share of those who spoke.
fatigue-half-silent = more than half are silent
fatigue-tenths = { $whole }.{ $tenth }
fatigue-rules = Where “not applicable” comes too often
fatigue-rules-what = The advisories of the last ninety days. When more than 30 % of at least five answers say “not applicable”, look at which products and versions the advisory names.
fatigue-rules-none = In ninety days nobody said “not applicable”.
fatigue-advisory = Security advisory
fatigue-look = Look at what this rule meets
