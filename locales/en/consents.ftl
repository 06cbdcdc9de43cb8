# What was told about an organisation, and whom it lets look or work for it.
own-disclosures-title = What was told about you
own-disclosures-what = Each decision about data of your organisation: what was told, to whom, in which form, on which ground, and what we did not tell. What we sent to your own people stands here too.
own-disclosures-not-you = Of other organisations you read nothing here, and they nothing of you.
own-disclosures-none = Nothing was decided about you yet.
own-disclosures-count = { $form ->
        [one] 1 decision
       *[other] { $n } decisions
    }
own-disclosures-released = { $what } was given to { $to }, { $form }.
own-disclosures-waiting = { $what } was not given to { $to } yet. A person here decides about it.
own-disclosures-withheld = { $what } was not given to { $to }.
own-disclosures-refused = { $what } was not given to { $to }. A person here stopped it.
own-disclosures-superseded = { $what } for { $to }: this was decided again later.
own-disclosures-recalled = { $what } was given to { $to }, { $form }, and recalled afterwards.
own-disclosures-to-own = { $name }, of your own organisation
own-disclosures-to-gone = somebody who is not there any more
own-disclosures-list = Your organisation was on this list. Who else was on it, you do not read here.
own-disclosures-about = Warning { $number }
own-disclosures-why = Why not more:
own-disclosures-by-person = A person here released it.
own-item-letter = A letter to you
own-item-rescan = A request to look at a system of yours
own-item-receipt = A receipt
own-item-progress = A progress report
own-item-offer = A list of who is exposed
own-item-finder = An answer to a finder
consents-title = Who may look at your systems
consents-what = Sometimes somebody else sees sooner whether a system of yours is still open. That is allowed only if you agree, until the day that you choose. You can settle it now, so that it costs no time when a warning comes.
consents-given = Your consents
consents-running = { $form ->
        [one] 1 consent runs
       *[other] { $n } consents run
    }
consents-none = You have not let anybody look yet.
consents-all = All systems that you have now
consents-all-what = What you register later is not under it.
consents-end-hint = A year at most.
consents-runs = runs
consents-ended = over
consents-withdrawn = withdrawn
consents-by = Given by
consents-until = Until
consents-withdraw-all = Withdraw everything
consents-withdraw-what = Whoever was asked to look already hears of it at once.
consents-withdraw-all-send = Withdraw all consents
consents-more = Only the newest stand here.
agreements-title = Mandates and consents of { $name }
agreements-what = Who may act for this participant, for whom it acts, and who may look at its systems. Only the participant itself changes this.
agreements-given = Mandates that it gave
agreements-no-given = Nobody may act for this participant.
agreements-held = Mandates that it holds
agreements-no-held = This participant may act for nobody.
agreements-consents = Consents to look
agreements-no-consents = This participant has not let anybody look yet.
agreements-more = Only the first stand here.
participants-agreements = Mandates and consents
