# What could not be done.
shelf-title = The shelf
shelf-what = What did not succeed lies here until somebody looks at it. Nothing disappears.
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
