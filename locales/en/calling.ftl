# The calling list, the hand-over and the ladders.
calls-title = Calling list
calls-what = Whom you call, what you say and what we know. Press the number, and then what came of it.
calls-now = { $form ->
    [one] To call now: 1
   *[other] To call now: { $n }
  }
calls-none = Nobody needs to be called now.
calls-waits = { $form ->
    [one] One more waits. It comes when one is done.
   *[other] { $n } wait in all. The next comes when one is done.
  }
calls-later = To call later
calls-later-why = These people must not be called at night. If you do call earlier, know why.
calls-from = Call from
calls-held = { $name } is at it, until
calls-hold = I call this one
calls-somebody = whoever is on duty
calls-script = What you say
calls-script-hello = Good day, this is { $officer } of { $team }. Am I speaking to { $name }?
calls-script-untested = This number was never tested. Name no systems yet. First ask to be called back on { $telephone }.
calls-script-about = I call about warning { $number }:
calls-script-measured = We have seen the hole at your organisation.
calls-script-registered = You told us that you have this product. We did not measure the hole at your organisation.
calls-script-exploited = There are attackers who use this hole already.
calls-script-ask = We ask you to act before
calls-script-answer = Who takes this on, and when is it done? The answer can be given on the page of the warning.
calls-script-back = Do you doubt that this is us? Call us back on { $telephone }. That number is on our site.
calls-script-others = Name no other organisations. Ask for no passwords.
calls-night = Nobody for the night
calls-night-count = { $form ->
    [one] 1 participant has no tested number that is answered day and night.
   *[other] { $n } participants have no tested number that is answered day and night.
  }
calls-night-what = Call by day, note a number and test it. A test counts for 92 days.
calls-handover = Hand-over of the shift
calls-handover-what = Who was called in the last twelve hours. What still waits stands above. Print this page, or keep it for a day without a network.
calls-handover-none = Nobody was called in the last twelve hours.
calls-ended = Called in this shift
calls-when = When
calls-outcome = Outcome
calls-by = By
done-call-held = This one is yours now, for a quarter of an hour.
refused-call-held = A colleague is at it. Choose another, or wait until the quarter of an hour is over.

ladders-title = Escalation ladders
ladders-what = When we press harder if nothing happens. Each rung differs from the one below it: another person, another channel, another sender or another tone.
ladders-edition = Edition { $number }, written by { $author }, put in force by { $other },
ladders-shipped = These are the ladders with which this server began.
ladders-proposed = Edition { $number } of { $author } waits for a second person, since
ladders-put-what = Running warnings go on from their rung. Play the ladder first: whatever is due for a rung already climbs one rung at once.
ladders-put = Put in force
ladders-second = You wrote this one. A colleague puts it in force.
ladders-from = from { $severity } up
ladders-rung = Rung
ladders-after = After
ladders-hours = At which hours
ladders-hours-always = day and night
ladders-hours-waking = from 07:00 to 23:00
ladders-hours-office = on working days, 08:30 to 17:30
ladders-channel = Channel
ladders-person = Person
ladders-sender = In the name of
ladders-frame = About what
ladders-play = Play the ladder
ladders-play-what = You see what the ladder asks if nobody answers. Nothing is kept and nobody is told.
ladders-play-advisory = For whom
ladders-play-everybody = every participant, highest severity
ladders-play-proposed = with the proposed ladders
ladders-play-go = Play
ladders-played = { $form ->
    [one] Played with 1 participant.
   *[other] Played with { $n } participants.
  }
ladders-no-calls = Nobody needs a call.
ladders-calls = Calls per hour
ladders-hour = Hour that begins at
ladders-count = How many
ladders-nobody = { $form ->
    [one] 1 rung finds nobody with a number or an address
   *[other] { $n } rungs find nobody with a number or an address
  }
ladders-same = { $form ->
    [one] 1 rung comes to the person who had the rung below
   *[other] { $n } rungs come to the person who had the rung below
  }
ladders-at-rung = rung { $rung }
ladders-more = { $form ->
    [one] And 1 more.
   *[other] And { $n } more.
  }
ladders-edit = Change the ladders
ladders-edit-what = What you propose counts only when a colleague puts it in force.
ladders-text = The ladders as text
ladders-propose = Propose
ladders-refused = This does not fit, and nothing was kept:
ladders-unfit-repeats = The ladder { $whom }: rung { $rung } repeats the rung below it. Change the person, the channel, the sender or the tone.
ladders-unfit-order = The ladder { $whom }: rung { $rung } comes no later than the rung below it.
ladders-unfit-empty = The ladder { $whom } has no rung.
ladders-unfit-twice = There are two ladders { $whom }.
ladders-unfit-nobody-else = Some have no ladder. Leave out ‘sector’ and ‘exploited’ in at least one of them.
ladders-unfit-line = Line { $line } cannot be read:
done-ladders-in-force = The new ladders count now.
refused-ladders = You cannot put these ladders in force. You wrote them, or newer ones count already.
ledger-ladders-changed = Ladders changed

# Are we read? The test, the exercise and the test alarm.
contact-test-title = We asked whether you read us
contact-test-what = The mail that you got from us has a code. Type it here: then we know that our warnings reach you.
contact-test-send = I have read it
contact-test-is-warning = Did you get a warning? Answer it here
contact-test-link = Did you get a test or an exercise? Type its code here
contact-test-read = Thank you: this message was read.
contact-test-read-renewal = We ask again in three months.
contact-test-read-welcome = It is as quick when it is serious. Put our number in your telephone.
contact-test-read-alarm = The time that it took counts in the result of the test alarm.
contact-test-wrong = This code does not fit, or no longer. See whether you typed it right, or call us.
alarms-title = Test alarm
alarms-what = Twice a year we write to everybody at once, as on the day itself. Who answers can be reached; who is silent we call, before it is needed.
alarms-never = No test alarm was ever given.
alarms-due = A test alarm is due since
alarms-next = The next test alarm is due on
alarms-give = Give a test alarm
alarms-give-what = Every participant now gets a mail with [EXERCISE] in its subject, to the same people as a warning. Who does not answer within seven days counts as hard to reach.
alarms-sure = Yes, write to everybody now
alarms-give-send = Give the alarm
alarms-list = How it went
alarms-caption = Test alarms, the newest on top
alarms-at = Given at
alarms-participants = Participants
alarms-letters = Messages
alarms-answered = Answered
alarms-prompt = Within 4 hours
alarms-median = Half after
alarms-silent = Who was silent
alarms-silent-none = Everybody answered.
alarms-silent-what = Nobody of these participants has answered the last alarm yet.
done-alarm-given = The test alarm now goes to everybody.
refused-alarm-unsure = Tick that you mean it: everybody gets this message.
refused-alarm-too-soon = The last test alarm was less than a day ago.
ledger-contact-tested = Asked whether messages are read
ledger-alarm-ordered = Test alarm given
contacts-last-test = Last test
contacts-test-waits = no answer yet
contacts-test-answered = answered at
contacts-test-missed = not answered in time
