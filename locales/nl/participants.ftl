# Whom we serve, on the desk.
participants-name = Deelnemer
participants-group = Doelgroep
participants-open = Open waarschuwingen
participants-assets = Geregistreerde middelen
participants-alias = Eigen naam
participants-night = ’s Nachts te bereiken
participants-night-yes = ja, getest
participants-night-no = nee
participants-contacts = Contacten
participants-suspect = { $form ->
    [one] 1 contact geeft een fout
   *[other] { $n } contacten geven een fout
  }
participants-found = { $form ->
    [one] 1 deelnemer
   *[other] { $n } deelnemers
  }
participants-none = Geen deelnemer past hierbij.
participants-joined = deelnemer sinds
participants-left = vertrokken op
participants-no-contact = Wij kennen hier niemand. Een waarschuwing kan niet aankomen.
participants-warning = Waarschuwing
participants-no-assets = Er is niets aangemeld. Deze deelnemer krijgt alleen wat voor iedereen geldt.
participants-systems = Systemen
participants-systems-none = Geen systeem met deze host of dit adres, en geen product dat zo heet.
participants-systems-found = { $form ->
    [one] 1 systeem
   *[other] { $n } systemen
  }
participants-systems-more = Er zijn er misschien meer. Vul meer in.
