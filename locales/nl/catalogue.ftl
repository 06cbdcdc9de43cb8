# De wachtrij van de catalogus.
catalogue-title = Namen die ons nog niets zeggen
catalogue-what = Deze staan in inventarissen, en geen product in de catalogus heet zo. Wat u beslist, geldt voor iedereen, ook de volgende keer. U ziet hoeveel deelnemers het hebben, en nooit wie.
catalogue-none = Wij weten van elke naam wat die betekent.
catalogue-alike = lijkt op iets bekends
catalogue-same-as = Hetzelfde als { $product }
catalogue-search = Zoek het product
catalogue-search-for = Welk product is { $name }?
catalogue-search-none = Niets begint zo.
catalogue-new = Een nieuw product
catalogue-nothing = Dit noemt geen product
catalogue-decided = Besloten
catalogue-is-new = is een nieuw product
catalogue-is-nothing = noemt geen product
catalogue-waiting = { $form ->
    [one] 1 naam wacht
   *[other] { $n } namen wachten
  }
catalogue-participants = { $form ->
    [one] 1 deelnemer
   *[other] { $n } deelnemers
  }
catalogue-assets = { $form ->
    [one] 1 systeem
   *[other] { $n } systemen
  }
