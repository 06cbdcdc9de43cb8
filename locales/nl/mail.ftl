# De mail. De onderwerpregel blijft onder de 70 tekens.
mail-subject = [{ $tag }] { $what } – waarschuwing { $number }
mail-subject-long-number = [{ $tag }] { $what } – { $number }
mail-subject-warning = Actie vóór { $due }
mail-subject-changed = Gewijzigd
mail-subject-reminder = Herinnering { $rung }: nog geen antwoord
mail-subject-measure-fell = Uw maatregel is niet meer genoeg
mail-subject-still-there = Wij zien het lek nog
mail-subject-verified = Wij zien het lek niet meer
mail-subject-compromise-check = Zoek naar indringers
mail-subject-run-out = Uw termijn is voorbij
mail-subject-stand-down = Dit geldt niet meer voor u
mail-subject-sign-in = Aanmelden bij { $team }
mail-tag-critical = KRITIEK
mail-tag-high = HOOG
mail-tag-medium = MIDDEN
mail-tag-low = LAAG
mail-tag-done = KLAAR
mail-warning-number = waarschuwing { $number }
mail-is-reminder = herinnering: ja
mail-is-no-reminder = herinnering: nee
mail-question-about = GAAT DIT OVER U?
mail-about-you = Ja: u heeft { $products } aangemeld.
mail-about-you-unnamed = Ja. Op het platform ziet u om welk systeem het gaat.
mail-no-longer-about-you = Niet meer. U hoeft niets te doen.
mail-question-seen = WAT ZIEN WIJ?
mail-seen-there = Bij een meting op { $at } was het lek er nog.
mail-seen-gone = Bij een meting op { $at } was het lek weg.
mail-question-changed = WAT IS ER NIEUW?
mail-measure-fell = Deze maatregel is niet meer betrouwbaar: { $measures }. Wat u eerder meldde, telt daarom niet meer.
mail-presumed = Wie niet vóór { $day } veilig was, moet ervan uitgaan dat er iemand binnen is geweest. Dat het lek nu weg is, verandert dat niet.
mail-presumed-undated = Er kan iemand binnen zijn geweest voordat het lek weg was.
mail-step-look-for-intruders = Zoek naar sporen van indringers, ook naar nieuwe accounts en achterdeuren.
mail-step-renew-secrets = Vervang wachtwoorden, sleutels en certificaten die op het systeem stonden.
mail-step-say-what-was-found = Meld op het platform wat u vond, ook als dat niets is.
mail-run-out = U gaf dit tot vandaag een plaats in uw planning, of uw bestuurder aanvaardde het tot vandaag. Die termijn is voorbij, en wij hebben nog niet gezien dat het opgelost is.
mail-question-bad = HOE ERG?
mail-exploited = Aanvallers misbruiken dit lek nu.
mail-question-what = WAT NU?
mail-step-minutes = { $step } (ongeveer { $minutes } minuten)
mail-no-measure = Er is nog geen maatregel bekend. Wij laten het weten zodra die er is.
mail-thanks = U hoeft niets meer te doen. Dank u wel.
mail-nothing-to-do = Niets.
mail-question-when = WANNEER?
mail-due = Vóór { $due } (Nederlandse tijd).
mail-question-answer = ANTWOORD
mail-how-to-answer = Typ zelf { $site } en zoek op { $number }. Antwoorden kost een minuut.
mail-question-genuine = ECHT?
mail-genuine = Controleer op { $site } of nummer { $number } van ons is, of bel { $telephone }.
mail-sign-in-asked = U vroeg om u aan te melden. Open deze link:
mail-sign-in-once = De link werkt één keer en een kwartier lang.
mail-sign-in-not-you = Vroeg u dit niet? Doe dan niets. Bel ons als het vaker gebeurt: { $telephone }.
mail-subject-contact-test = Test van { $team }: komt dit aan?
mail-contact-test-why = U staat bij ons als contact van { $participant }. Bij een waarschuwing schrijven wij naar dit adres.
mail-contact-test-do = Leest u dit? Antwoord dan op deze mail met één woord. Meer hoeft u niet te doen.
mail-contact-test-call = Klopt dit niet, of bent u niet meer de juiste persoon? Bel ons: { $telephone }.

mail-subject-summary = { $form ->
    [one] 1 open punt in wat u aanleverde – { $team }
   *[other] { $count } open punten in wat u aanleverde – { $team }
}
mail-summary-what = { $form ->
    [one] Wij vonden 1 open punt in de lijst die u net aanleverde.
   *[other] Wij vonden { $count } open punten in de lijst die u net aanleverde.
}
mail-summary-do = U krijgt hierover één bericht, niet één per waarschuwing. Ze staan op uw pagina:
mail-summary-undo = Klopt de lijst niet? U kunt het aanleveren een dag lang ongedaan maken.
mail-subject-inventory = Klopt uw lijst met systemen nog? – { $team }
mail-inventory-what = { $participant } heeft { $count } systemen bij ons staan. U zei voor het laatst op { $at } dat die lijst klopt.
mail-inventory-do = Klopt hij nog? Eén klik is genoeg. Is er iets veranderd? Geef het door:
mail-inventory-why = Met deze lijst weten wij welke waarschuwing voor u is.

mail-subject-rescan = Wilt u nog eens kijken? – verzoek { $reference }
mail-subject-recall = U hoeft niet meer te kijken – verzoek { $reference }
mail-question-where = WAAR EN WAARNAAR?
mail-question-how = HOE VER?
mail-rescan-asked = Wij vragen u nog eens te kijken of een lek er nog is. Dit is verzoek { $reference }.
mail-rescan-where = { $place }. Kijk naar { $finding }.
mail-rescan-yours = Dit systeem is van { $participant }.
mail-rescan-consented = De eigenaar vindt goed dat u kijkt, tot de termijn hieronder.
mail-rescan-touch-own-records = Kijk alleen in wat u al heeft: logboeken en eerdere metingen. Stuur niets naar het systeem, en vraag niets aan anderen.
mail-rescan-touch-third-parties = Kijk in wat u al heeft en in wat anderen aanbieden. Stuur niets naar het systeem zelf.
mail-rescan-touch-the-system = U mag het systeem zelf benaderen. Verander niets, raad geen wachtwoorden en gebruik het lek niet.
mail-rescan-methods = Bewijs geven deze methoden: { $methods }.
mail-rescan-labels = Hiervoor gelden { $labels }.
mail-rescan-due = Vóór { $due } (Nederlandse tijd). Kijk daarna niet meer.
mail-rescan-answer = Stuur wat u zag op de gewone manier in, ook als het lek weg is. Kijkt u niet? Laat het ons dan weten.
mail-recall-what = Verzoek { $reference } is ingetrokken. Kijk niet meer.
