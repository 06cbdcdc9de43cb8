# What could not be done.
shelf-title = The shelf
shelf-what = What did not succeed lies here until somebody looks at it. Nothing disappears.
shelf-post = Replies by mail that did not count
shelf-held-outbox = The post is held
shelf-held-front = Sign-in mail is held
shelf-held-gateway = Text messages are held
shelf-held-webhooks = The webhooks are held
shelf-held-work = Work is held
shelf-held-what = We go on working, but nothing goes out until somebody says so. What lies ready may have been sent already: who gets it then gets it twice.
shelf-held-due = { $form ->
    [one] 1 message lies ready
   *[other] { $n } messages lie ready
  }
shelf-let-go = Let go…
shelf-let-go-what = All that lies ready then goes out at once.
shelf-let-go-sure = Yes, let go
shelf-jobs = { $form ->
    [one] 1 piece of work left undone
   *[other] { $n } pieces of work left undone
  }
shelf-no-jobs = All the work is done.
shelf-papers = { $form ->
    [one] 1 paper that could not be read
   *[other] { $n } papers that could not be read
  }
shelf-no-papers = All papers were read.
shelf-tries = { $form ->
    [one] 1 try
   *[other] { $n } tries
  }
shelf-since = since
shelf-retry = Try again
shelf-read-again = Read again
shelf-aside = Put aside…
shelf-aside-job = This work is then no longer tried. It stays in the ledger.
shelf-aside-paper = This paper is then no longer read. It is kept as it came in.
shelf-aside-sure = Yes, put aside
