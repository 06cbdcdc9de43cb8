# De eerste twee minuten, wiens netwerk het is, wie het beheert, en wie lang niets zei.
start-title = Begin in twee minuten
start-what = Vijf vragen, een domein en een telefoonnummer. Wat u niet weet, slaat u over. U kunt het een dag lang ongedaan maken.
start-gateway = Waarmee komen mensen van buiten binnen (VPN)?
start-mail = Waarop draait uw e-mail?
start-records = Welk patiëntendossier gebruikt u?
start-hypervisor = Waarop draaien uw virtuele servers?
start-firewall = Welke firewall heeft u?
start-choose = Kies het product
start-other = Iets anders, of nog één
start-nothing = Weet ik niet, of hebben wij niet
start-reach = Hoe wij u vinden
start-domain = Uw domein
start-domain-hint = Bijvoorbeeld noordzorg.example. Daarna laat u zien dat het van u is.
start-telephone = Nummer van uw piket
start-telephone-hint = Hierop bellen wij u ’s nachts als het echt nodig is.
start-on-call = Piket
start-send = Bewaar
networks-title = Uw domeinen en netwerken
networks-what = Wat wij op een adres zien, vertellen wij aan wie het adres is. Laat daarom zien wat van u is.
networks-list = { $form ->
    [one] 1 domein of netwerk
   *[other] { $n } domeinen en netwerken
  }
networks-none = Er staat nog niets. Begin met uw eigen domein.
networks-add = Iets toevoegen
networks-add-send = Voeg toe
networks-place = Domein of netwerk
networks-place-hint = Bijvoorbeeld noordzorg.example of 192.0.2.0/24.
networks-claimed = U zegt dat dit van u is. Dat is nog niet gebleken.
networks-proven = Het is gebleken dat dit van u is
networks-stale = Het bewijs is verlopen
networks-given-up = Niet meer van u
networks-by-dns = door een tekst in DNS
networks-by-http = door een bestand op de website
networks-by-officer = door het computercrisisteam
networks-how = Zet de tekst hieronder op één van deze twee plekken. Wij kijken zelf.
networks-how-dns = als TXT-record onder
networks-how-http = als bestand op
networks-sign = De tekst:
networks-look = Kijk nu
networks-how-network = Voor een netwerk bellen wij u. U hoeft niets te doen.
networks-drop = Haal weg
networks-drop-what = Wat wij daar zien, vertellen wij u dan niet meer.
networks-drop-send = Ja, haal weg
networks-desk-title = Domeinen en netwerken
networks-desk-what = Van wie is welk adres, en waaruit blijkt dat? Bovenaan staat wat twee deelnemers zeggen te hebben.
networks-desk-none = Niemand heeft nog een domein of netwerk opgegeven.
networks-whose = Van wie
networks-standing = Stand
networks-disputed = betwist door
networks-vouch = Bevestig met een reden
networks-vouch-send = Bevestig
networks-reason = Waaruit blijkt het?
networks-reason-hint = Bijvoorbeeld: contact in RIPE gebeld op bekend nummer.
inventories-title = Lege en oude inventarissen
inventories-what = Deze deelnemers hebben niets opgegeven, of zeiden drie maanden niets. Bel ze: het kost hun twee minuten.
inventories-none = Iedereen heeft een verse inventaris.
inventories-said = Zei voor het laatst dat het klopt
inventories-never = Nooit
suppliers-title = Leveranciers die voor u beheren
suppliers-what = Wie u machtigt, ziet en wijzigt alleen wat u zelf bij die beheerder heeft gezet. Op de einddag houdt het vanzelf op.
suppliers-list = Machtigingen
suppliers-none = U heeft niemand gemachtigd.
suppliers-add = Iemand machtigen
suppliers-add-send = Machtig
suppliers-code = Code van de leverancier
suppliers-code-hint = Uw leverancier vindt de code op de eigen pagina “Leveranciers”.
suppliers-called = Zo heet de leverancier in uw lijst
suppliers-called-hint = Precies zoals bij “Wie beheert het?”.
suppliers-starts = Eerste dag
suppliers-ends = Laatste dag
suppliers-ends-hint = Hooguit twee jaar vooruit.
suppliers-standing = Stand
suppliers-days = Van en tot
suppliers-coming = begint nog
suppliers-running = loopt
suppliers-ended = afgelopen
suppliers-end = Beëindig
suppliers-end-what = Dit geldt meteen.
suppliers-end-send = Ja, beëindig
suppliers-own-code = Uw eigen code
suppliers-own-code-what = Beheert u voor anderen? Geef hun deze code. Dan kunnen zij u machtigen.
suppliers-to-clients = Wat u voor anderen beheert
clients-title = Wat u voor anderen beheert
clients-what = U ziet alleen systemen waarvoor u nu gemachtigd bent.
clients-none = Niemand heeft u op dit moment gemachtigd.
clients-asked = { $form ->
    [one] Dit gaat over systemen die u bij één klant beheert.
   *[other] Dit gaat over systemen die u bij { $n } klanten beheert.
  }
clients-claim = { $form ->
    [one] Meld gereed voor die ene klant
   *[other] Meld gereed voor alle { $n } klanten
  }
clients-no-assets = Er staat niets op uw naam.
