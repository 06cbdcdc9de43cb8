# Waar stukken vandaan komen, en wat daar misging. De waarde is een adres, een naam of een getal.
sources-title = Bronnen
sources-what = Hier halen wij vanzelf op wat anderen publiceren. Een bron die lang niets zegt, kan ook stuk zijn.
sources-alarms = { $form ->
    [one] 1 bron zwijgt of is onbereikbaar. Kijk wat er aan de hand is.
   *[other] { $n } bronnen zwijgen of zijn onbereikbaar. Kijk wat er aan de hand is.
  }
sources-none = Er is nog geen bron. Zonder bron komt er vanzelf niets binnen.
sources-list = { $form ->
    [one] 1 bron
   *[other] { $n } bronnen
  }
sources-name = Naam
sources-kind = Soort
sources-health = Hoe het gaat
sources-succeeded = Laatst gelukt
sources-arrived = Laatste nieuwe stuk
sources-next = Volgende keer
sources-papers = Stukken
sources-parked = Geparkeerd
sources-never = nog nooit
sources-not-asked = wordt niet gevraagd
sources-address = Adres
sources-address-hint = Een domein, of het adres van het bestand dat alles opsomt.
sources-asserter = Wie het zegt
sources-keys = Vingerafdrukken van sleutels
sources-keys-hint = Vult u er een in, dan telt geen andere sleutel. Leeg: wij nemen de sleutels die de bron zelf noemt.
sources-tlp = Hoogstens
sources-add = Een bron toevoegen
sources-add-what = Wij vragen alleen adressen op het internet, en alleen met TLS.
sources-add-sure = Voeg toe
sources-failures = { $form ->
    [one] Dat gebeurde 1 keer.
   *[other] Dat gebeurde { $n } keer achter elkaar.
  }
sources-silent-what = Deze bron antwoordt, en heeft veel langer dan anders niets nieuws. Vraag de uitgever of dat klopt.
sources-run = Vraag nu
sources-pause = Laat met rust
sources-resume = Vraag weer
sources-in-file = Deze bron staat in het configuratiebestand van de node.
sources-parked-list = { $form ->
    [one] 1 stuk geparkeerd
   *[other] { $n } stukken geparkeerd
  }
sources-parked-what = Wat hier ligt, is niet gelezen. Wij proberen het vanzelf opnieuw.
sources-visits = De laatste keren
sources-when = Wanneer
sources-outcome = Hoe het ging
sources-listed = Genoemd
sources-taken = Nieuw
sources-known = Al bekend
sources-went-well = gelukt
trouble-no-metadata = Bij { $about } is geen CSAF-leverancier te vinden: niet op het vaste adres, niet via security.txt en niet via DNS.
trouble-unreadable = Wat op { $about } staat, is niet te lezen.
trouble-nothing-listed = { $about } noemt niets dat wij kunnen ophalen.
trouble-circle = { $about } verwijst in een kring naar zichzelf.
trouble-too-many = { $about } noemt meer dan wij willen ophalen.
trouble-hash-missing = Er is geen controlegetal gepubliceerd.
trouble-hash-unreachable = Het controlegetal is niet op te halen.
trouble-hash-wrong = Het controlegetal klopt niet. Het stuk is veranderd of niet heel overgekomen.
trouble-signature-missing = Er is geen handtekening gepubliceerd.
trouble-signature-unreachable = De handtekening is niet op te halen.
trouble-signature-wrong = De handtekening klopt niet. Het stuk is veranderd of iemand anders tekende het.
trouble-no-key = Van { $about } is geen sleutel met de juiste vingerafdruk te krijgen.
trouble-other-name = Het bestand moet { $about } heten, naar het nummer dat erin staat.
trouble-too-narrow = Het stuk is TLP:{ $about }. Dat mag hier niet vandaan komen.
trouble-leads-away = Het ligt buiten { $about }.
trouble-shelved = Het ligt op de plank. De lezer zegt: { $about }
trouble-no-folder = { $about } is er niet of mag niet gelezen worden.
trouble-not-to-be-listed = De uitgever wil niet genoemd worden door verzamelaars.
egress-no-address = { $about } is geen adres van een pagina. Zo'n adres begint met https:// en een naam.
egress-not-secure = { $about } zou zonder TLS gevraagd worden. Gebruik https://.
egress-credentials = In het adres van { $about } staat een naam of wachtwoord. Laat die weg.
egress-port = { $about } is geen poort van een webserver.
egress-not-public = { $about } ligt niet op het internet maar in een intern netwerk. De beheerder kan dat toestaan.
egress-unknown = Niemand kent de naam { $about }. Is die goed gespeld?
egress-unreachable = { $about } is niet te bereiken.
egress-certificate = { $about } toont geen certificaat dat wij vertrouwen.
egress-sent-away = Wij worden naar een andere plek gestuurd: { $about }. Daar gaan wij niet vanzelf heen. Gebruik het nieuwe adres.
egress-sent-around = { $about } stuurt ons steeds verder.
egress-status = Het antwoord was een fout. { $about }
egress-too-big = Dit is groter dan wij aannemen, in bytes. { $about }
egress-too-slow = { $about } antwoordt te langzaam.
egress-garbled = Wat { $about } stuurt, is niet uit te pakken.
egress-unfit = De weg naar buiten staat niet open: { $about }
