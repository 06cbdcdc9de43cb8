# Advisories, on the desk.
advisories-search = Zoek in de adviezen
advisories-title-column = Beveiligingsadvies
advisories-severity = Ernst
advisories-state = Fase
advisories-revision = Versie
advisories-open = Nog open
advisories-complaints = Klachten bij het lezen
advisories-found = { $form ->
    [one] 1 beveiligingsadvies
   *[other] { $n } beveiligingsadviezen
  }
advisories-none = Er is hier nog geen advies. Zodra een bron iets stuurt, staat het hier.
advisory-would-reach = Wie dit zou krijgen
advisory-reaches = Wie dit aangaat
advisory-participants = deelnemers
advisory-systems = systemen
advisory-unsure = onzeker
advisory-blocked = zonder grondslag
advisory-unreached = onbereikbaar
advisory-to-board = Bekijk op het bord wie nog open is
advisory-proposal = Wacht op een tweede persoon
advisory-proposed-by = Geschreven door { $name }.
advisory-proposed-by-paper = Binnengekomen als stuk. Eén persoon kan het vrijgeven.
advisory-own-work = U schreef dit zelf. Een collega leest het na en geeft het vrij.
advisory-publish = Geef vrij
advisory-publish-reopening = { $form ->
    [one] Geef vrij en heropen die ene waarschuwing
   *[other] Geef vrij en heropen { $n } waarschuwingen
  }
advisory-trust = Vertrouwen in: { $measure }
advisory-trust-stays = blijft zoals het is
advisory-publish-count = { $form ->
    [one] 1 deelnemer krijgt hierna een waarschuwing.
   *[other] { $n } deelnemers krijgen hierna een waarschuwing.
  }
advisory-reassessment = Wat anderen sindsdien zeiden, verhoogt de som
advisory-says = zegt { $by }, sinds { $since }
advisory-take-over = Overnemen
advisory-withdraw = Intrekken…
advisory-withdraw-count = { $form ->
    [one] 1 deelnemer hoort dat dit niet meer geldt.
   *[other] { $n } deelnemers horen dat dit niet meer geldt.
  }
advisory-withdraw-sure = Ja, trek in
advisory-measures = Wat helpt
advisory-no-measure-known = Het stuk zegt zelf dat er nog niets aan te doen is.
advisory-no-measure = Er staat geen maatregel in. Zoek er een, of zeg dat er geen is.
advisory-measure-kind = Soort
advisory-care = Gevolg voor de zorg
advisory-fails-for = Helpt niet bij
advisory-provable = Hoe wij het kunnen zien
advisory-provable-by-nothing = niet van buiten; een tweede persoon tekent
advisory-leaning = Waarschuwingen die hierop leunen
advisory-measure-steps = { $form ->
    [one] 1 stap
   *[other] { $n } stappen
  }
advisory-doubtful = Twijfelachtig…
advisory-doubtful-sure = Ja, wij twijfelen hieraan
advisory-revoked = Intrekken als maatregel…
advisory-revoked-sure = Ja, dit helpt niet meer
advisory-recommended = Aanbevelen…
advisory-recommended-sure = Ja, dit helpt
advisory-reopens = { $form ->
    [one] 1 waarschuwing gaat hierdoor weer open. De deelnemer krijgt bericht.
   *[other] { $n } waarschuwingen gaan hierdoor weer open. De deelnemers krijgen bericht.
  }
advisory-reason = Waarom? Dit komt in het grootboek.
advisory-severity = Ernst
advisory-points = { $form ->
    [one] 1 punt
   *[other] { $n } punten
  }
advisory-below = { $form ->
    [one] 1 punt onder
   *[other] { $n } punten onder
  }
advisory-top = Dit is de hoogste stand.
advisory-lifted-by = Eén van deze antwoorden is genoeg:
advisory-deviates = Anders dan berekend, want:
advisory-answers = De antwoorden
advisory-answers-scheme = Volgens het schema
advisory-question = Vraag
advisory-answer = Antwoord
advisory-products = Om welke producten het gaat
advisory-product = Product
advisory-versions = Versies
advisory-versions-unknown = het stuk zegt niet welke
advisory-product-status = Geraakt?
advisory-no-products = Het stuk noemt geen product dat wij kunnen vergelijken. Wij waarschuwen dus nog niemand: vul de producten aan.
advisory-revisions = Versies van dit advies
advisory-no-revision = Nog niet vrijgegeven.
advisory-first = eerste versie
advisory-papers = Waar het vandaan komt
advisory-no-paper = Hier zelf geschreven.
advisory-bytes = { $bytes } bytes
advisory-no-complaints = zonder klachten gelezen
advisory-complaints = { $form ->
    [one] 1 klacht bij het lezen
   *[other] { $n } klachten bij het lezen
  }
advisory-revise = Nieuwe versie maken
advisory-revise-what = U ziet eerst wat er verandert. Alleen als stappen, deadline, ernst of producten veranderen, gaat er een bericht uit.
advisory-revise-open = Schrijf de nieuwe versie
advisory-presumption = Vermoeden van inbraak vanaf
advisory-presumption-hint = Wie op dat moment niet veilig was, moet sporenonderzoek doen.
advisory-exploited = Aanvallers gebruiken dit al
question-chance = Kans
question-damage = Schade
question-urgency = Urgentie
question-default-configuration = Kwetsbaar zoals geleverd?
question-exploit-code = Is er aanvalscode?
question-technical-details = Zijn er technische details?
question-access = Welke toegang is nodig?
question-credentials = Welke rechten zijn nodig?
question-complexity = Hoe moeilijk is de aanval?
question-user-interaction = Moet een gebruiker iets doen?
question-exploited = Wordt het al misbruikt?
question-exploit-expected = Wordt aanvalscode verwacht?
question-solution = Is er een oplossing?
question-denial-of-service = Kan het de dienst platleggen?
question-code-execution = Kan iemand code uitvoeren?
question-remote-rights = Krijgt iemand van buiten rechten?
question-privilege-escalation = Kan iemand meer rechten krijgen?
question-information-leak = Kan er informatie lekken?
question-label = Hoe dringend is het?
choice-no = nee
choice-yes = ja
choice-none = geen
choice-some = enkele
choice-full = volledig
choice-proof-of-concept = proef (PoC)
choice-exploit = werkende aanvalscode
choice-limited = beperkt
choice-large = op grote schaal
choice-physical = ter plaatse
choice-lan = vanaf het eigen netwerk
choice-internet = vanaf internet
choice-admin = beheerder
choice-user = gebruiker
choice-complex = moeilijk
choice-average = gemiddeld
choice-easy = makkelijk
choice-more-than-two-months = pas over meer dan twee maanden
choice-within-two-months = binnen twee maanden
choice-client = van een werkplek
choice-infrastructure-service = van een dienst waar veel op leunt
choice-system-information = gegevens over het systeem
choice-data = gegevens van gebruikers
choice-shell = ja, als gebruiker
choice-root-shell = ja, als beheerder
choice-root = als beheerder
choice-normal = gewoon
choice-urgent = dringend
advisory-for-duty-officer = De piket geeft dit vrij.
advisories-import = Een stuk inlezen
advisories-from-lists = Wat lijsten melden en niemand hier raakt, staat apart:
advisories-import-what = Een CSAF-advies, een CVE-bericht, een lijst van KEV of NVD, of meetresultaten. Het gaat naar niemand voordat een mens het vrijgeeft.
advisories-import-file = Bestand
advisories-import-send = Lees dit in
advisory-before-release = Wat krijgt wie, en wie krijgt niets?
advisory-recipients = Wie kreeg wat
advisory-draft-of = {$name} schrijft hieraan, laatst bewaard
advisory-draft-go-on = Ga verder met schrijven
advisory-enrich-what = Maak er een eigen advies van: met uw woorden, uw stappen en uw oordeel.
advisory-enrich = Verrijk tot eigen advies
advisory-why = Waarom?
advisory-later = Geef later vrij…
advisory-release-at = Vrijgeven op
advisory-approve = Keur goed voor dat moment
advisory-approved-by = Goedgekeurd door {$name}. Gaat uit op
advisory-hold = Houd het toch tegen
advisory-back = Stuur terug naar de schrijver…
advisory-back-what = Het wordt weer een concept, met uw opmerking erbij.
advisory-back-send = Stuur terug
advisory-aside = Niet voor ons: leg weg…
advisory-aside-what = Een nieuw bericht van de bron brengt het terug.
advisory-aside-send = Leg weg
advisory-close = Afsluiten…
advisory-close-what = Dit kan als geen enkele waarschuwing meer open is. Een nieuwe versie opent het weer.
advisory-close-sure = Sluit af
advisory-state-reason = De reden:
advisory-summary-nl = Samenvatting (Nederlands)
advisory-summary-en = Samenvatting (Engels)
advisory-consequence-nl = Wat kan er gebeuren? Eén zin (Nederlands)
advisory-consequence-en = Wat kan er gebeuren? Eén zin (Engels)
advisory-revise-send = Maak de nieuwe versie
advisory-write = Schrijf in de redactie
