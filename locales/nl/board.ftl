# The situation board.
board-title = Situatie
board-exploited = misbruik bekend
board-since = al
board-all-advisories = Alle adviezen samen
board-as-of = Stand van
board-reload = opnieuw laden
board-now = { $form ->
    [one] Nu te doen: 1
   *[other] Nu te doen: { $n }
  }
board-next-rung = volgende trede over { $span }
board-more = Dit zijn de eerste { $n }. Is er iets af, dan komt het volgende erbij.
board-nothing-to-do = Er is nu niets te doen. Nieuwe dingen komen hier vanzelf bij.
board-why-call = nu bellen
board-why-letter = brief versturen
board-why-help-asked = vraagt hulp
board-why-contradicted = meting spreekt antwoord tegen
board-why-unreached = geen bericht komt aan
board-why-blocked-by-law = mag niet: geen grondslag
board-why-compromise-check = sporenonderzoek nodig
board-rising = Zou zwaarder worden beoordeeld
board-rising-by = zegt { $by }
board-samenesses = { $form ->
    [one] 1 paar namen wacht: één kwetsbaarheid of twee?
   *[other] { $n } paren namen wachten: één kwetsbaarheid of twee?
  }
board-signals = { $form ->
    [one] 1 signaal dat niemand zag
   *[other] { $n } signalen die niemand zag
  }
board-call = Bel { $name } { $telephone }
board-no-telephone = Geen nummer van { $name }
board-nobody = Wij kennen hier niemand. Zoek eerst uit wie.
board-outcome-reached = Bereikt: gaat aan de slag
board-outcome-voicemail = Geen gehoor
board-outcome-refused = Wil niet
board-outcome-wrong-number = Verkeerd nummer
board-letter-to = Brief aan { $name }
board-letter-reached = Brief is afgegeven
board-letter-voicemail = Niet aangetroffen
board-letter-refused = Brief is geweigerd
board-letter-wrong-number = Verkeerd adres
board-other-outcome = Andere uitkomst
board-help-given = Geholpen
board-code-closed = Een code uit een mail is gesloten: iemand probeerde het te vaak.
board-code-look = Bekijk de waarschuwing
board-kept = Bewaarde filters
board-keep = Bewaar dit filter
board-keep-name = Naam van het filter
board-keep-send = Bewaar
board-forget = Vergeet { $name }
board-why-asked = Schreef ons, nog geen antwoord
board-answer-note = Lees en antwoord
board-asks-since = wacht op ons, al
board-take = Overnemen
board-taken-by = bij { $name }
board-way = Namens wie, en waarover
board-counts = Waar zij staan
board-show = Toon
board-show-open = open
board-show-silent = zwijgt
board-show-late = te laat
board-show-reopened = heropend
board-show-help-asked = vraagt hulp
board-show-unreached = onbereikbaar
board-show-blocked-by-law = geen grondslag
board-show-working = bezig
board-show-claimed = gereedgemeld
board-show-compromise-check = sporenonderzoek
board-show-risk-accepted = risico aanvaard
board-show-left = vertrokken
board-show-verified = gecontroleerd veilig
board-show-not-affected = niet van toepassing
board-to-table = Verloop en tabel
board-curve = Nog open blootstellingen
board-curve-now = { $form ->
    [one] nu nog 1 open
   *[other] nu nog { $n } open
  }
board-curve-deadline = deadline
board-curve-table = De cijfers als tabel
board-curve-none = Er is nog geen verloop om te tonen.
board-when = Tijdstip
board-open = Open
board-rows = Per deelnemer
board-search = Zoek een deelnemer
board-group = Doelgroep
board-group-all = alle doelgroepen
board-mine = Alleen die van mij
board-filter = Toon deze
board-participant = Deelnemer
board-stage = Stand
board-last-sign = Laatste teken
board-no-sign = nog geen
board-deadline = Deadline
board-found = { $form ->
    [one] 1 waarschuwing
   *[other] { $n } waarschuwingen
  }
board-no-rows = Geen waarschuwing past bij dit filter.
board-show-everything = Toon alles
board-held = De post wordt vastgehouden: er gaat niets uit.
board-held-look = Naar de plank
board-late = { $form ->
    [one] 1 brief wacht op de mailserver, sinds
   *[other] { $n } brieven wachten op de mailserver, de eerste sinds
  }
board-sources = { $form ->
    [one] 1 bron zwijgt of is onbereikbaar: hier kan iets ontbreken.
   *[other] { $n } bronnen zwijgen of zijn onbereikbaar: hier kan iets ontbreken.
  }
board-sources-look = Naar de bronnen
board-intake = Rapporten in behandeling
