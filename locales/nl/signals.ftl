# Wat feeds melden.
signals-what = Wat feeds melden: een titel en een plek om te kijken. Niemand wordt hierom gewaarschuwd.
signals-new = { $form ->
    [one] 1 is nieuw
   *[other] { $n } zijn nieuw
  }
signals-found = { $form ->
    [one] 1 signaal
   *[other] { $n } signalen
  }
signals-seen = Deze heb ik gezien
signals-is-new = nieuw
signals-title-column = Titel
signals-source = Bron
signals-at = Verschenen
signals-names = Noemt
signals-none = Nog geen feed heeft iets gemeld.
signals-draft = Maak een concept
signals-morning = Aan het begin van de dienst
signals-all-well = Bronnen, post en werk gaan goed
signals-also = ook bij
signals-shelved = { $form ->
    [one] 1 stuk op de plank
   *[other] { $n } stukken op de plank
  }
signals-undelivered = { $form ->
    [one] 1 bericht niet bezorgd
   *[other] { $n } berichten niet bezorgd
  }
signals-proposals = { $form ->
    [one] 1 advies wacht op vrijgave
   *[other] { $n } adviezen wachten op vrijgave
  }
