# Wat anderen op adressen en namen zagen.
findings-title = Van niemand, of van meer dan één
findings-what-to-do = Hier ziet iemand iets, en wij weten niet van wie die plek is. Zeg het, dan gaat wat er gezien is naar wie het aangaat, nu en de volgende keer.
findings-nobodys = Van niemand
findings-disputed = Betwist
findings-none = Niets.
findings-of = Gezien bij
findings-own = Wat anderen bij u zagen
findings-own-what = Dit zagen anderen op uw adressen en onder uw namen. Waarvoor wij waarschuwen, staat bij uw waarschuwingen.
findings-own-none = Niemand zag iets op een adres dat aantoonbaar van u is. Dat zegt niet dat er niets is.
findings-found = { $form ->
    [one] 1 bevinding
   *[other] { $n } bevindingen
  }
findings-place = Plek
findings-place-hint = Een adres, een netwerk zoals 192.0.2.0/24 of een domein.
findings-what = Wat
findings-state = Stand
findings-looked = Gezien
findings-whose = Van wie
findings-open = Nog te zien
findings-unseen = Twee weken niet meer gezien of gezocht
findings-gone = Niet meer te zien
findings-never = Gezocht, nooit gezien
findings-certificate = Naam in het certificaat:
findings-certificate-shared = te veel namen voor één eigenaar
findings-hinted = Alleen de naam in het certificaat wijst naar de eigenaar. Dat is een aanwijzing en geen bewijs.
findings-first = Eerst:
findings-last = Laatst:
findings-reports = { $form ->
    [one] in 1 rapport
   *[other] in { $n } rapporten
  }
findings-vulnerable = kwetsbaar
findings-misconfigured = verkeerd ingesteld
findings-abuse = misbruik
findings-present = aanwezig
findings-undetermined = onduidelijk
findings-not-vulnerable = niet kwetsbaar
findings-decide = Van wie is dit?
findings-owner = Deelnemer of partner
findings-owner-hint = De naam zoals de deelnemer of de organisatie is ingeschreven. Leeg: van niemand die wij kennen.
findings-reason = Reden
findings-reason-hint = Waaruit blijkt dat, en wie heeft u gesproken?
findings-decide-send = Vastleggen
findings-decided = Wat besloten is
findings-nobody = van niemand die wij kennen
