# What goes out and comes in by mail.
post-title = Mail in and out
post-what = Whoever replies to a letter of ours with a digit gives an answer. Below is what did not count, and why. Nothing was changed by it.
post-not-read = This node does not read the mailbox. A person reads what comes in there.
post-replies = { $form ->
    [one] 1 reply by mail waits for you
   *[other] { $n } replies by mail wait for you
  }
post-no-replies = No reply by mail is waiting.
post-sender = From, as the mail itself says,
post-seen = I have looked at it
post-why-late = The letter was about an older version of the warning. Call and ask how things are now.
post-why-not-theirs = The mail is not from the mailbox to which we wrote. Do nothing with it before you have called somebody.
post-why-unsigned = No signature of that domain holds. Anybody may have sent this. Call and ask.
post-why-unproven = For a day nobody could be asked whether that domain signed it. Call and ask.
post-why-loose = The mail is real, but does not say for certain which letter it answers. Call and ask.
post-why-unreadable = It has no plain text that we can keep. The mail itself is in the mailbox.
post-why-refused = This answer does not fit this letter. The mail itself is in the mailbox.
post-month = Replies of the last thirty days
post-month-none = Nothing came in.
post-held-look = See why, and let it go on.
post-suppressed = { $form ->
    [one] 1 address gets no mail
   *[other] { $n } addresses get no mail
  }
post-suppressed-what = Nothing goes to these addresses. Whoever cannot be reached so is on the calling list.
post-send-again = Send mail again
post-suppress = Send no mail to an address…
post-address = Mail address
post-suppress-why = For what reason?
post-suppress-sure = Send nothing there any more
