# Who is not served by us and may know things all the same: the register and its designations.
organisations-title = Organisations and designations
organisations-what = Who is no participant and can be told things all the same: teams, link organisations, supervisors, vendors. What they get depends on their kind, on whom they serve, and on the designation that is in force on that day.
organisations-list = The register
organisations-found = { $form ->
        [one] 1 organisation
       *[other] { $n } organisations
    }
organisations-none = Nobody is in the register yet. As long as that is so, no list goes to anybody.
organisations-name = Name
organisations-kind = Kind
organisations-kind-choose = Choose a kind
organisations-groups = Serves
organisations-groups-hint = Target groups, with commas between them: care, municipalities, water.
organisations-designations = Designations
organisations-mail = E-mail address
organisations-mail-hint = The message that there is a list goes here. The list itself never goes by mail.
organisations-no-mail = no e-mail address
organisations-telephone = Telephone
organisations-not-designated = none
organisations-not-today = does not count today
organisations-not-today-what = This organisation does not count on this day: it gets nothing.
organisations-shipped = From the public register
organisations-shipped-what = Organisations that the official gazette names and that are not here yet. If you take one over, its designations come along. Fill in the e-mail address afterwards.
organisations-take-over = Take over
organisations-add = Add an organisation
organisations-add-send = Add
organisations-id = Short word
organisations-id-hint = Small letters, digits and hyphens. It never changes, and stands like this in each decision.
organisations-from = Is that since
organisations-to = Is that until
organisations-to-hint = The first day on which it does not count any more. What was decided before stays as it was.
organisations-sends = Sends by the rules of
organisations-sends-nothing = sends nothing
organisations-country = Country (two letters)
organisations-community-head = Community
organisations-community = Belongs to the community of defenders, to whom TLP:GREEN is open
organisations-decisions = What was decided for this organisation
organisations-known = As we knew it on
organisations-as-known = You see what we knew on
organisations-today = To today
organisations-never-designated = We know of no designation of this organisation.
organisations-correct = Correct it, or say what became known since
organisations-designate = Write down a designation
organisations-change = Change or end
organisations-change-what = What stood there stays readable in the history. What was held back is then put to the gate again.
organisations-change-open = Change this organisation
organisations-change-send = This is how it is from now on
organisations-history = What we knew when
organisations-history-what = Each word stays as it was said. A correction is a new word, not another old one.
organisations-no-history = Of this organisation it was not kept who said what when.
organisations-by-nobody = from the public register
organisations-said-designation = Designation for { $group }
sender-rules-national = the national team
sender-rules-sectoral = a sectoral team
designation-unsigned = not signed yet
designation-signed = signed, not yet in force
designation-published = published, not yet in force
designation-in-force = in force
designation-ended = no longer in force
designation-title = Designation of { $name }
designation-what = A designation counts from the day on which it is in force. Signed and published is not that yet. You see first what it would set free.
designation-before = What stands there now
designation-before-what = This stays readable. What you fill in is written beside it, with the day of today and your name.
designation-fields = What the decision says
designation-correct = What must stand there
designation-change-fields = Change something first
designation-document = Document
designation-document-hint = As it was published: Stcrt. 2020, 4410.
designation-group = For the target group
designation-group-hint = Serves: { $groups }
designation-articles = Articles
designation-signed-on = Signed on
designation-published-on = Published on
designation-in-force-from = In force from
designation-in-force-to = No longer in force from
designation-to-hint = The first day on which it does not count any more. Blank when there is none.
designation-no-day = no day known yet
designation-preview = What would this set free?
designation-would = What this would set free
designation-counts-for-nothing = This is in force on no day from today on. So nothing goes because of it.
designation-asked-as-of = Asked as of
designation-lets-nothing-go = Of what is held back now, nothing goes because of this.
designation-lets-go = { $form ->
        [one] 1 list that is held back now may go then.
       *[other] { $n } lists that are held back now may go then.
    }
designation-then-waits = Nothing goes by itself: all of it joins what waits for release.
designation-stays = { $form ->
        [one] 1 list stays here even then.
       *[other] { $n } lists stay here even then.
    }
designation-known = Exactly this is known already.
designation-send = Write this down
what-if-title = What if
what-if-what = Suppose that an organisation had been designated earlier. Of everything that it might not have, the gate is asked again what it might have had then: each as of the day of then, with what was known then and this besides.
what-if-organisation = Organisation
what-if-group-hint = For example care. It cannot be left blank.
what-if-since = In force since
what-if-ask = Ask the gate
what-if-head = Had { $name } been designated for { $group } since { $since }
what-if-would-go = { $form ->
        [one] 1 list would have been more then.
       *[other] { $n } lists would have been more then.
    }
what-if-stays = { $form ->
        [one] 1 would have stayed what it is.
       *[other] { $n } would have stayed what they are.
    }
what-if-gone = { $form ->
        [one] 1 cannot be asked any more: what it was about is not there now.
       *[other] { $n } cannot be asked any more: what they were about is not there now.
    }
what-if-nothing-asked = No list was ever held back from this organisation. So there is nothing to ask again.
what-if-full = In full
what-if-less = With things left out, or as a number
what-if-person = If a person releases it
what-if-no-person = Without anybody doing anything
what-if-only-asked = This was only asked. Nothing was written down, and nothing went.
what-if-list = List
what-if-decided = Decided on
what-if-was = Was
what-if-would = Would be
what-if-how = How
what-if-by-person = if a person releases it
what-if-by-itself = without a person
done-organisation-said = Written down. What was held back is asked again.
done-designation-said = The designation is written down. What may go because of it appears here once it was asked again, and then waits for you.
refused-organisation-word = This short word cannot be. Use small letters, digits and hyphens, forty at most.
refused-organisation-known = This organisation is here already. Change it on its own page.
refused-designation-days = These days do not fit together. A thing ends only after it begins, and is published only after it was signed.
refused-designation-known = Exactly this is known already. Nothing was written down.
