# What was seen at places of partners.
partners-title = Networks of partners
partners-what = What somebody sees at these places is a partner's and not our participants'. It stands here until you hand it over.
partners-none = No networks of partners have been entered yet.
partners-count = { $form ->
    [one] 1 partner
   *[other] { $n } partners
  }
partners-partner = Partner
partners-places-count = Places
partners-open = Still there
partners-known = Known
partners-enter = Enter places
partners-no-organisations = There is no organisation yet that counts at this moment. Enter that first.
partners-organisation = Organisation
partners-group = Target group
partners-own = The partner's own
partners-places = Places
partners-places-hint = One on each line: a network such as 192.0.2.0/24, a domain, or an AS number such as AS64496.
partners-enter-send = Enter
partners-no-places = There is no place left. What was seen here goes within a minute to whom it concerns now.
partners-drop = Take { $place } away
partners-seen = What was seen
partners-over = Hand over
partners-over-what = For each label this says what may go today. What you hand over says what stands where, and never who saw it.
partners-nothing = Nothing is to be seen at these places now, or the organisation does not count today.
partners-may-go = May go, if you hand it over
partners-stays = Stays here
partners-released = Handed over
partners-hand-over = Hand over
partners-ask = Ask and write down
partners-list = List as a table
