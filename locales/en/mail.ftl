# Mail. The subject line stays below 70 characters.
mail-subject = [{ $tag }] { $what } – warning { $number }
mail-subject-long-number = [{ $tag }] { $what } – { $number }
mail-subject-warning = Act before { $due }
mail-subject-changed = Changed
mail-subject-reminder = Reminder { $rung }: no answer yet
mail-subject-measure-fell = Your measure is no longer enough
mail-subject-still-there = We still see the hole
mail-subject-verified = We no longer see the hole
mail-subject-compromise-check = Look for intruders
mail-subject-run-out = Your time is up
mail-subject-stand-down = This no longer concerns you
mail-subject-sign-in = Sign in at { $team }
mail-tag-critical = CRITICAL
mail-tag-high = HIGH
mail-tag-medium = MEDIUM
mail-tag-low = LOW
mail-tag-done = DONE
mail-warning-number = warning { $number }
mail-is-reminder = reminder: yes
mail-is-no-reminder = reminder: no
mail-question-about = IS IT ABOUT YOU?
mail-about-you = Yes: you registered { $products }.
mail-about-you-unnamed = Yes. On the platform you see which system it is about.
mail-no-longer-about-you = No longer. You need not do anything.
mail-question-seen = WHAT DO WE SEE?
mail-seen-there = When it was measured on { $at } the hole was still there.
mail-seen-gone = When it was measured on { $at } the hole was gone.
mail-question-changed = WHAT IS NEW?
mail-measure-fell = This measure can no longer be relied on: { $measures }. What you reported before therefore no longer counts.
mail-presumed = Whoever was not safe before { $day } must assume that somebody has been inside. That the hole is gone now does not change that.
mail-presumed-undated = Somebody may have been inside before the hole was gone.
mail-step-look-for-intruders = Look for traces of intruders, and for new accounts and back doors.
mail-step-renew-secrets = Renew the passwords, keys and certificates that were on the system.
mail-step-say-what-was-found = Say on the platform what you found, also when it is nothing.
mail-run-out = You planned this until today, or your manager accepted it until today. That time is over, and we have not yet seen that it is solved.
mail-question-bad = HOW BAD?
mail-exploited = Attackers are using this hole now.
mail-question-what = WHAT NOW?
mail-step-minutes = { $step } (about { $minutes } minutes)
mail-no-measure = No measure is known yet. We tell you as soon as there is one.
mail-thanks = You need not do anything more. Thank you.
mail-nothing-to-do = Nothing.
mail-question-when = WHEN?
mail-due = Before { $due } (Dutch time).
mail-question-answer = ANSWER
mail-how-to-answer = Type { $site } yourself and look for { $number }. Answering takes a minute.
mail-question-genuine = GENUINE?
mail-genuine = Check on { $site } whether number { $number } is ours, or call { $telephone }.
mail-sign-in-asked = You asked to sign in. Open this link:
mail-sign-in-once = The link works once, for a quarter of an hour.
mail-sign-in-not-you = You did not ask for this? Then do nothing. Call us if it happens again: { $telephone }.
mail-subject-contact-test = Test from { $team }: does this arrive?
mail-contact-test-why = You are a contact of { $participant } with us. When there is a warning we write to this address.
mail-contact-test-do = Do you read this? Then reply to this mail with one word. There is nothing else to do.
mail-contact-test-call = Is this wrong, or are you no longer the right person? Call us: { $telephone }.

mail-subject-summary = { $form ->
    [one] 1 open point in what you sent in – { $team }
   *[other] { $count } open points in what you sent in – { $team }
}
mail-summary-what = { $form ->
    [one] We found 1 open point in the list that you just sent in.
   *[other] We found { $count } open points in the list that you just sent in.
}
mail-summary-do = You get one message about them, not one for each warning. They are on your page:
mail-summary-undo = Is the list wrong? You can undo it for a day.
mail-subject-inventory = Is your list of systems still right? – { $team }
mail-inventory-what = { $participant } has { $count } systems registered with us. You last said that the list is right on { $at }.
mail-inventory-do = Is it still right? One click is enough. Has something changed? Tell us here:
mail-inventory-why = By this list we know which warning is for you.

mail-subject-rescan = Would you look again? – request { $reference }
mail-subject-recall = You need not look any more – request { $reference }
mail-question-where = WHERE, AND FOR WHAT?
mail-question-how = HOW FAR?
mail-rescan-asked = We ask you to look once more whether a hole is still there. This is request { $reference }.
mail-rescan-where = { $place }. Look for { $finding }.
mail-rescan-yours = This system belongs to { $participant }.
mail-rescan-consented = Its owner agrees that you look, until the moment below.
mail-rescan-touch-own-records = Look only in what you have already: logs and earlier scans. Send nothing to the system, and ask nobody else.
mail-rescan-touch-third-parties = Look in what you have already and in what others offer. Send nothing to the system itself.
mail-rescan-touch-the-system = You may contact the system itself. Change nothing, guess no passwords, and do not use the hole.
mail-rescan-methods = These methods are proof: { $methods }.
mail-rescan-labels = This goes with { $labels }.
mail-rescan-due = Before { $due } (Dutch time). Do not look after that.
mail-rescan-answer = Send in what you saw in the usual way, also when the hole is gone. Will you not look? Then let us know.
mail-recall-what = Request { $reference } is withdrawn. Do not look any more.
