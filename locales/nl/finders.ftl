# Wie lijsten met open systemen aanlevert, en wat die te horen krijgt.
finders-title = Melders
finders-what = Een melder vond open systemen en geeft ons de lijst. Een melder hoort aantallen, en nooit om wie het gaat.
finders-parked-head = Wacht op u
finders-parked-count = { $form ->
    [one] 1 lijst staat apart: niemand heeft nagegaan van wie die komt
   *[other] { $n } lijsten staan apart: niemand heeft nagegaan van wie ze komen
}
finders-parked-rows = { $form ->
    [one] 1 regel
   *[other] { $n } regels
}
finders-release-what = Ga eerst na wie dit is. Van deze lijst is nog niets gebruikt.
finders-release = In behandeling nemen
finders-list = Wie wij kennen
finders-count = { $form ->
    [one] 1 melder
   *[other] { $n } melders
}
finders-none = Er is nog geen melder ingeschreven.
finders-name = Naam
finders-mail = Mailadres
finders-standing = Bekendheid
finders-since = Sinds
finders-verified = Hoe nagegaan
finders-verified-hint = Bijvoorbeeld: gebeld op het nummer van hun site.
finders-add = Melder inschrijven
finders-add-send = Inschrijven
finders-change = Bekendheid wijzigen
finders-change-send = Wijzigen
finders-code = Adres van hun pagina
finders-code-of = Pagina van { $name }
finders-code-what = Wie dit adres heeft, kan op de pagina van de melder. Een nieuw adres maakt het vorige ongeldig.
finders-code-send = Nieuw adres maken
finders-code-once = Geef dit adres aan de melder. U ziet het alleen nu: wij bewaren het niet.
finders-back = Terug naar de melder
finders-for-them = Namens hen een lijst aanleveren
finders-sets = Lijsten
finders-no-sets = Er is nog geen lijst aangeleverd.
finders-own-title = Uw lijsten
finders-own-what = Hier levert u aan wat u vond. U krijgt een ontvangstbewijs, en na 1, 3, 7 en 30 dagen aantallen. Om wie het gaat, zeggen wij niet.
finders-own-size = Een lijst mag 1 MiB groot zijn, ook ingepakt. Is die groter? Bel ons.
finders-hand-in = Lijst aanleveren
finders-hand-in-send = Aanleveren
finders-file = Bestand
finders-file-hint = CSV, JSON, of de uitvoer van een scanner; ook ingepakt.
finders-method = Hoe u keek
finders-proof = Waaruit het blijkt
finders-proof-hint = Bijvoorbeeld: de pagina die antwoordt, of de versie die het systeem noemt.
finders-parked = staat apart: wij weten nog niet wie u bent
finders-reference = Nummer
finders-got = Ontvangen
finders-rows = Gelezen
finders-rows-read = { $accepted } van { $rows } regels
finders-rejected = Niet gelezen
finders-day = Na dag { $day }
finders-known = Eigenaren die wij kennen
finders-told = Gewaarschuwd
finders-closed = Gedicht
finders-not-allowed = Mochten wij niet waarschuwen
finders-not-counted = De eerste aantallen komen na een dag.
finders-receipt = Ontvangstbewijs
finders-signature = Handtekening
finders-proof-of = Bewijs uit het grootboek
finders-receipt-what = Bewaar alle drie. Met de handtekening ziet ieder dat het bewijs van ons is. Met „dijkwacht audit check-proof” ziet ieder dat het in ons grootboek staat.
finders-check = De handtekening nakijken
finders-check-what = Daarvoor is alleen OpenSSH nodig. Geef de twee bestanden de namen hieronder. Het antwoord is „Good signature”.
finders-asked = Wilt u nog eens kijken?
finders-look-for = Waarnaar
refused-finder-name = Er is al een melder met deze naam.
refused-no-report = Hierin staat geen regel die zegt wat iemand zag. Kijk of de kolommen kloppen.
done-set-known = Deze lijst hadden wij al. Er is niets veranderd.
done-set-parked = De lijst is bewaard, en staat apart tot iemand ernaar heeft gekeken.
done-set-taken = De lijst is ontvangen.
done-set-released = De lijst is in behandeling genomen.
finders-proving = Bewijs geeft
