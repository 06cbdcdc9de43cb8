# Machines of a participant that hear when something is new.
webhooks-title = Seintjes aan uw systemen (webhooks)
webhooks-what = Laat uw eigen systeem weten dat er een waarschuwing is, of iets nieuws daarover. Het hoort nummer, ernst en termijn. De rest leest u hier, ingelogd.
webhooks-not-instead = Een webhook komt naast mail en telefoon. Dat een systeem iets aannam, telt niet als gelezen.
webhooks-list = { $form ->
    [one] Eén webhook
   *[other] { $n } webhooks
}
webhooks-none = Er is nog geen webhook.
webhooks-add = Voeg een webhook toe
webhooks-name = Naam
webhooks-name-hint = Hoe u dit systeem noemt, bijvoorbeeld meldpunt.
webhooks-address = Adres
webhooks-address-hint = Begint met https:// en is van buiten te bereiken.
webhooks-add-send = Voeg toe en probeer
webhooks-untried = nog niets aangenomen: hoort nog niets over waarschuwingen
webhooks-heard = werkt
webhooks-failing = nam het laatste niet aan
webhooks-withdrawn = weggehaald
webhooks-gone = het systeem zei dat het er niet meer is (410)
webhooks-taken = Laatst aangenomen op
webhooks-failed = Niet aangenomen op
webhooks-key = Publieke sleutel:
webhooks-test = Probeer nu
webhooks-end = Haal weg
webhooks-end-what = Dit adres hoort daarna niets meer. Wat nog wacht, gaat niet meer weg.
webhooks-end-send = Haal nu weg
webhooks-check = Zo controleert uw systeem een bericht
webhooks-check-what = Berichten volgen Standard Webhooks 1.0.0, ondertekend met Ed25519. Geloof niets zonder goede handtekening.
webhooks-check-signed = Ondertekend is:
webhooks-check-header = De handtekening staat in:
webhooks-check-old = Weiger een bericht waarvan het tijdstip meer dan vijf minuten afwijkt, en een id dat u al had.
webhooks-check-answer = Antwoord binnen 15 seconden met 200 tot 299. Anders proberen wij het nog negen keer, in drie dagen. Met 410 zegt u het op.
