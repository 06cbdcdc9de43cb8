# What feeds announce.
signals-what = What feeds announce: a title and a place to look. Nobody is warned of it.
signals-new = { $form ->
    [one] 1 is new
   *[other] { $n } are new
  }
signals-found = { $form ->
    [one] 1 signal
   *[other] { $n } signals
  }
signals-seen = I have seen these
signals-is-new = new
signals-title-column = Title
signals-source = Source
signals-at = Published
signals-names = Names
signals-none = No feed has announced anything yet.
signals-draft = Begin a draft
signals-morning = At the start of the shift
signals-all-well = Sources, mail and work are well
signals-also = also from
signals-shelved = { $form ->
    [one] 1 thing on the shelf
   *[other] { $n } things on the shelf
  }
signals-undelivered = { $form ->
    [one] 1 message not delivered
   *[other] { $n } messages not delivered
  }
signals-proposals = { $form ->
    [one] 1 advisory waits for release
   *[other] { $n } advisories wait for release
  }
