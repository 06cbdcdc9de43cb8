# The queue of the catalogue.
catalogue-title = Names that mean nothing to us yet
catalogue-what = These stand in inventories, and no product of the catalogue is called so. What you decide counts for everybody, also next time. You see how many have it, and never who.
catalogue-none = We know what every name means.
catalogue-alike = looks like something we know
catalogue-same-as = The same as { $product }
catalogue-search = Find the product
catalogue-search-for = Which product is { $name }?
catalogue-search-none = Nothing begins like that.
catalogue-new = A new product
catalogue-nothing = This names no product
catalogue-decided = Decided
catalogue-is-new = is a new product
catalogue-is-nothing = names no product
catalogue-waiting = { $form ->
    [one] 1 name waits
   *[other] { $n } names wait
  }
catalogue-participants = { $form ->
    [one] 1 participant
   *[other] { $n } participants
  }
catalogue-assets = { $form ->
    [one] 1 system
   *[other] { $n } systems
  }
