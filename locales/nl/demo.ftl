# Pages of the demonstration.
demo-title = Speel de winter van 2019 na
demo-what = Alles hier is verzonnen, behalve wat er in december 2019 in de wereld gebeurde. Zet de klok aan en kijk mee, of word zelf iemand uit het verhaal.
demo-progress = Hoe ver het verhaal is
demo-play = Laat de klok lopen
demo-pause = Zet de klok stil
demo-step-hour = Een uur verder
demo-step-day = Een dag verder
demo-next-event = Naar de volgende gebeurtenis
demo-speed = Snelheid, per seconde
demo-hours = { $form ->
    [one] 1 uur
   *[other] { $n } uur
  }
demo-next = Straks,
demo-over = Het verhaal is uit. Iedereen is gecontroleerd veilig, of staat op het bord met de reden waarom niet.
demo-roles = Word iemand
demo-become = Word { $name }
demo-role-duty-officer = wachtofficier: ziet het bord en de bellijst, en geeft adviezen vrij
demo-role-analyst = analist: schrijft en herziet adviezen
demo-role-contact = contact voor beveiliging: krijgt waarschuwingen en antwoordt
demo-role-reader = collega die alleen meeleest
demo-role-administrator = beheerder van dit knooppunt
demo-role-supervisor = toezichthouder: ziet alleen cijfers
demo-mails = Mails
demo-node = Wat dit knooppunt deed
demo-story = Wat er gebeurde
demo-nothing-yet = Er is nog niets gebeurd. Zet de klok aan.
mail-list-what = Deze mails zijn niet echt verstuurd. Zo zien ze eruit bij de ontvanger.
mail-list-search = Zoek op ontvanger of onderwerp
mail-list-found = { $form ->
    [one] 1 mail
   *[other] { $n } mails
  }
mail-list-to = Aan
mail-list-none = Er is nog geen mail. Zet de klok aan.
mail-headers = Alle kopregels
mail-letter = De brief
demo-website = De website die iedereen leest:
demo-finder = De pagina van een melder, die geen account heeft
