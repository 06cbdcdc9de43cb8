# Machines of a participant that hear when something is new.
webhooks-title = Signals to your systems (webhooks)
webhooks-what = Have a system of your own know that there is a warning, or something new about one. It hears number, severity and deadline. The rest you read here, signed in.
webhooks-not-instead = A webhook comes beside mail and telephone. That a system took something does not count as read.
webhooks-list = { $form ->
    [one] One webhook is set up
   *[other] { $n } webhooks are set up
}
webhooks-none = There is no webhook yet.
webhooks-add = Add a webhook
webhooks-name = Name of the system
webhooks-name-hint = What you call this system, such as ticket desk.
webhooks-address = Address of the system
webhooks-address-hint = Begins with https:// and can be reached from outside.
webhooks-add-send = Add and try it
webhooks-untried = took nothing yet: hears nothing about warnings
webhooks-heard = works
webhooks-failing = did not take the last one
webhooks-withdrawn = taken away
webhooks-gone = the system said that it is no more (410)
webhooks-taken = Last taken on
webhooks-failed = Not taken on
webhooks-key = Public key:
webhooks-test = Try it now
webhooks-end = Take away
webhooks-end-what = This address hears nothing after that. What still waits does not leave any more.
webhooks-end-send = Take away now
webhooks-check = How your system checks a message
webhooks-check-what = Messages follow Standard Webhooks 1.0.0, signed with Ed25519. Believe nothing without a good signature.
webhooks-check-signed = What is signed:
webhooks-check-header = The signature stands in:
webhooks-check-old = Refuse a message whose moment is more than five minutes off, and an id that you had before.
webhooks-check-answer = Answer within 15 seconds with 200 to 299. If not, we try nine more times, in three days. With 410 you cancel it.
