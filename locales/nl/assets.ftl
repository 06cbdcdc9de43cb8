# What a participant registered.
assets-title = Wat u gebruikt
assets-what = Wij waarschuwen u voor wat hier staat. Denk aan de toegang van buiten (VPN), e-mail, het patiëntendossier, de virtuele servers en de firewall.
assets-list = { $form ->
    [one] 1 geregistreerd middel
   *[other] { $n } geregistreerde middelen
  }
assets-none = Er staat nog niets. Begin met wat van buiten te bereiken is. Dat kost twee minuten en helpt het meest.
assets-confirmed = U zei voor het laatst dat dit klopt op
assets-never-confirmed = U heeft nog niet gezegd dat deze lijst klopt.
assets-confirm = Dit klopt nog allemaal
assets-product = Product
assets-product-hint = Zoals u het noemt, bijvoorbeeld NetScaler.
assets-vendor = Leverancier van het product
assets-vendor-hint = Bijvoorbeeld Citrix.
assets-version = Versie
assets-version-hint = Zo precies als u weet. Mag leeg blijven.
assets-host = Naam op het netwerk
assets-host-hint = Bijvoorbeeld vpn.noordzorg.example.
assets-address = IP-adres
assets-address-hint = Bijvoorbeeld 192.0.2.17.
assets-supplier = Wie beheert het?
assets-supplier-hint = Leeg als u het zelf beheert.
assets-order-number = Bestelnummer of model
assets-order-number-hint = Sommige makers waarschuwen alleen hiermee. Voorbeeld: 6ES7 512-1DK01-0AB0.
assets-cpe = CPE-naam
assets-cpe-hint = Alleen als u die hebt. Begint met cpe:2.3: of cpe:/.
assets-purl = Package-URL
assets-purl-hint = Alleen als u die hebt. Begint met pkg:.
assets-alias = Uw eigen naam ervoor
assets-alias-hint = Met deze naam noemen wij het in berichten.
assets-reach = Te bereiken
assets-care = Wat als dit een dag uitstaat?
assets-care-none = De zorg merkt er niets van
assets-care-hindered = De zorg gaat door, met een omweg
assets-care-endangered = De veiligheid van patiënten komt in gevaar
assets-no-patients = Zet hier nooit gegevens van patiënten neer.
assets-place = Waar
assets-state = Stand
assets-warnings = Waarschuwing
assets-open-warnings = { $form ->
    [one] 1 open waarschuwing
   *[other] { $n } open waarschuwingen
  }
assets-add = Iets toevoegen
assets-add-send = Voeg toe
assets-change = Wijzig
assets-change-send = Bewaar
assets-retire = Haal weg
assets-retire-what = Gebruikt u dit niet meer? Dan waarschuwen wij er niet meer voor. Wat eerder gebeurde blijft bewaard.
assets-retire-send = Ja, haal weg
assets-upload = Een lijst uploaden
assets-upload-what = Een CSV-bestand met op de eerste regel deze namen. Kolommen die u niet heeft mogen weg. U ziet eerst wat er verandert.
assets-upload-file = Bestand (CSV)
assets-upload-send = Laat zien wat er verandert
assets-difference = Wat er verandert
assets-difference-what = Er is nog niets opgeslagen. Over oude lekken krijgt u geen losse mails, maar één overzicht.
assets-added = Komt erbij
assets-changed = Verandert
assets-removed = Gaat eraf
assets-same = Blijft gelijk
assets-unread = Niet of niet helemaal te lezen
assets-line = Regel { $number }:
assets-nothing-changes = Uw lijst klopte al. Er is niets om op te slaan.
assets-difference-take = Ja, sla dit op
assets-difference-drop = Nee, laat het zoals het was
complaint-cells = Deze regel heeft niet evenveel vakken als de eerste regel.
complaint-no-address = “{ $text }” is geen IP-adres.
complaint-no-host = “{ $text }” is geen hostnaam.
complaint-no-product = Uit “{ $text }” is geen product te halen.
complaint-no-product-at-all = Hier staat geen product.
complaint-too-long = Dit is langer dan { $text } tekens. De rest is weggelaten.
complaint-twice-first = De kolom “{ $text }” staat er twee keer. De eerste telt.
complaint-unknown-column = De kolom “{ $text }” kennen wij niet. Die is weggelaten.
complaint-unknown-word = Wij begrijpen “{ $text }” hier niet.
