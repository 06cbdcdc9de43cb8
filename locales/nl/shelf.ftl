# What could not be done.
shelf-title = Plank
shelf-what = Wat niet lukte, ligt hier tot iemand ernaar kijkt. Er verdwijnt niets.
shelf-post = Reacties per mail die niet telden
shelf-held-outbox = De post wordt vastgehouden
shelf-held-front = De inlogmail wordt vastgehouden
shelf-held-gateway = De sms-berichten worden vastgehouden
shelf-held-webhooks = De webhooks worden vastgehouden
shelf-held-work = Het werk wordt vastgehouden
shelf-held-what = Wij werken door, maar er gaat niets uit tot iemand dat zegt. Wat klaarligt, kan al verstuurd zijn: wie het krijgt, krijgt het dan twee keer.
shelf-held-due = { $form ->
    [one] 1 bericht ligt klaar
   *[other] { $n } berichten liggen klaar
  }
shelf-let-go = Laat los…
shelf-let-go-what = Alles wat klaarligt gaat dan meteen uit.
shelf-let-go-sure = Ja, laat los
shelf-jobs = { $form ->
    [one] 1 keer werk dat bleef liggen
   *[other] { $n } keer werk dat bleef liggen
  }
shelf-no-jobs = Al het werk is gedaan.
shelf-papers = { $form ->
    [one] 1 stuk dat niet te lezen was
   *[other] { $n } stukken die niet te lezen waren
  }
shelf-no-papers = Alle stukken zijn gelezen.
shelf-tries = { $form ->
    [one] 1 poging
   *[other] { $n } pogingen
  }
shelf-since = sinds
shelf-retry = Probeer opnieuw
shelf-read-again = Lees opnieuw
shelf-aside = Leg apart…
shelf-aside-job = Dit werk wordt dan niet meer geprobeerd. Het blijft in het grootboek staan.
shelf-aside-paper = Dit stuk wordt dan niet meer gelezen. Het blijft bewaard zoals het binnenkwam.
shelf-aside-sure = Ja, leg apart
