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

# Toelaten en vertrekken.
admission-title = Deelnemer toelaten
admission-what = Bel eerst, op een nummer uit een register dat iemand anders bijhoudt. Vraag of deze organisatie zich echt heeft aangemeld, en of dit de juiste persoon is. Wie zich voor een ander uitgeeft, vraagt om diens zwakke plekken.
admission-organisation = De organisatie
admission-name = Naam van de organisatie
admission-group = Doelgroep
admission-kind = Wat zij is volgens de wet
admission-kind-vital = vitale aanbieder
admission-kind-essential = essentiële entiteit
admission-kind-important = belangrijke entiteit
admission-kind-central-government = deel van het rijk
admission-kind-non-vital = geen van deze
admission-kind-service = dienstverlener
admission-contact = Wie wij schrijven
admission-contact-name = Naam van het contact
admission-telephone = Eigen nummer, zoals opgegeven
admission-call = Het gesprek
admission-register = Nummer gevonden bij
admission-register-chamber-of-commerce = Kamer van Koophandel
admission-register-government = register van overheden
admission-register-sector = register van de sector
admission-reference = Nummer of naam in dat register
admission-called = Gebeld nummer
admission-called-hint = Niet het nummer dat de aanmelder zelf gaf.
admission-spoke-to = Met wie u sprak
admission-called-at = Wanneer
admission-send = Laat toe
admission-how = Toegelaten na een gesprek met { $who }, op een nummer van: { $register } ({ $reference }). Door { $by },
done-admitted = De deelnemer is toegelaten en krijgt nu een eerste bericht om te beantwoorden.
refused-admission-name = Er is of was al een deelnemer met deze naam. Kwam zij terug? Geef haar een naam die zegt sinds wanneer.
refused-admission-call = Het gesprek ligt in de toekomst of is ouder dan een maand. Bel opnieuw.
refused-admission-number = U belde het nummer dat de aanmelder zelf gaf. Zoek een nummer in een register en bel daarnaar.
leaving-title = Vertrek van deze deelnemer
leaving-what = Vanaf nu gaat er niets meer naar deze organisatie. Open waarschuwingen eindigen, en het bord zegt wat er van ze werd.
leaving-taken-over = Een ander team neemt haar over
leaving-sure = Ja, deze deelnemer vertrekt
leaving-send = Leg het vertrek vast
done-left = Het vertrek ligt vast.
refused-leaving-unsure = Kruis aan dat u het meent: dit is niet terug te draaien.
ledger-admitted = Deelnemer toegelaten
