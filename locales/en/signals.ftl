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
