# Wie niet door ons bediend wordt en toch iets mag weten: het register en zijn aanwijzingen.
organisations-title = Organisaties en aanwijzingen
organisations-what = Wie geen deelnemer is en toch iets verteld kan worden: teams, schakelorganisaties, toezichthouders, leveranciers. Wat zij krijgen hangt af van hun soort, van wie zij bedienen en van de aanwijzing die op die dag in werking is.
organisations-list = Het register
organisations-found = { $form ->
        [one] 1 organisatie
       *[other] { $n } organisaties
    }
organisations-none = Er staat nog niemand in het register. Zolang dat zo is, gaat er geen lijst naar wie dan ook.
organisations-name = Naam
organisations-kind = Soort
organisations-kind-choose = Kies een soort
organisations-groups = Bedient
organisations-groups-hint = Doelgroepen, met komma’s ertussen: care, municipalities, water.
organisations-designations = Aanwijzingen
organisations-mail = E-mailadres
organisations-mail-hint = Hierheen gaat het bericht dat er een lijst is. De lijst zelf gaat nooit per mail.
organisations-no-mail = geen e-mailadres
organisations-telephone = Telefoon
organisations-not-designated = geen
organisations-not-today = telt vandaag niet
organisations-not-today-what = Deze organisatie telt op deze dag niet: zij krijgt niets.
organisations-shipped = Uit het openbare register
organisations-shipped-what = Organisaties die de Staatscourant noemt en die hier nog niet staan. Neemt u er een over, dan komen haar aanwijzingen mee. Vul daarna het e-mailadres in.
organisations-take-over = Neem over
organisations-add = Een organisatie toevoegen
organisations-add-send = Voeg toe
organisations-id = Kort woord
organisations-id-hint = Kleine letters, cijfers en streepjes. Het verandert nooit en staat zo in elk besluit.
organisations-from = Is dat sinds
organisations-to = Is dat tot
organisations-to-hint = De eerste dag waarop het niet meer telt. Wat eerder besloten is blijft zoals het was.
organisations-sends = Verstuurt zelf naar de regels van
organisations-sends-nothing = verstuurt niets
organisations-country = Land (twee letters)
organisations-community-head = Gemeenschap
organisations-community = Hoort bij de gemeenschap van verdedigers, voor wie TLP:GREEN open is
organisations-decisions = Wat voor deze organisatie besloten is
organisations-known = Zoals wij het wisten op
organisations-as-known = U ziet wat wij wisten op
organisations-today = Naar vandaag
organisations-never-designated = Wij kennen geen aanwijzing van deze organisatie.
organisations-correct = Verbeteren, of zeggen wat er sindsdien bekend werd
organisations-designate = Een aanwijzing opschrijven
organisations-change = Wijzigen of beëindigen
organisations-change-what = Wat er stond blijft leesbaar in de geschiedenis. Wat niet weg mocht, wordt daarna opnieuw aan de poort gevraagd.
organisations-change-open = Wijzig deze organisatie
organisations-change-send = Zo is het vanaf nu
organisations-history = Wat wij wanneer wisten
organisations-history-what = Elk woord blijft staan zoals het gezegd is. Een verbetering is een nieuw woord, geen ander oud woord.
organisations-no-history = Van deze organisatie is niet bewaard wie wanneer wat zei.
organisations-by-nobody = uit het openbare register
organisations-said-designation = Aanwijzing voor { $group }
sender-rules-national = het nationale team
sender-rules-sectoral = een sectoraal team
designation-unsigned = nog niet getekend
designation-signed = getekend, nog niet in werking
designation-published = gepubliceerd, nog niet in werking
designation-in-force = in werking
designation-ended = niet meer in werking
designation-title = Aanwijzing van { $name }
designation-what = Een aanwijzing telt vanaf de dag waarop zij in werking is. Getekend en gepubliceerd is dat nog niet. U ziet eerst wat zij zou vrijmaken.
designation-before = Wat er nu staat
designation-before-what = Dit blijft leesbaar. Wat u invult komt ernaast te staan, met de dag van vandaag en uw naam.
designation-fields = Wat er in het besluit staat
designation-correct = Wat er moet staan
designation-change-fields = Eerst nog iets veranderen
designation-document = Document
designation-document-hint = Zoals het gepubliceerd is: Stcrt. 2020, 4410.
designation-group = Voor de doelgroep
designation-group-hint = Bedient: { $groups }
designation-articles = Artikelen
designation-signed-on = Getekend op
designation-published-on = Gepubliceerd op
designation-in-force-from = In werking vanaf
designation-in-force-to = Niet meer in werking vanaf
designation-to-hint = De eerste dag waarop zij niet meer telt. Leeg als die er niet is.
designation-no-day = nog geen dag bekend
designation-preview = Wat zou dit vrijmaken?
designation-would = Wat dit zou vrijmaken
designation-counts-for-nothing = Op geen dag van vandaag of later is dit in werking. Er gaat dus niets door weg.
designation-asked-as-of = Gevraagd naar
designation-lets-nothing-go = Van wat nu niet weg mag, gaat hierdoor niets.
designation-lets-go = { $form ->
        [one] 1 lijst die nu niet weg mag, mag dan wel.
       *[other] { $n } lijsten die nu niet weg mogen, mogen dan wel.
    }
designation-then-waits = Er gaat niets vanzelf: alles komt bij wat wacht op vrijgave.
designation-stays = { $form ->
        [one] 1 lijst blijft ook dan hier.
       *[other] { $n } lijsten blijven ook dan hier.
    }
designation-known = Precies dit is al bekend.
designation-send = Schrijf dit op
what-if-title = Wat als
what-if-what = Stel dat een organisatie al eerder was aangewezen. Van alles wat niet aan haar mocht, vraagt de poort opnieuw wat dan wel had gemogen: elk naar de dag van toen, met wat toen bekend was en dit erbij.
what-if-organisation = Organisatie
what-if-group-hint = Bijvoorbeeld care. Leeg laten kan niet.
what-if-since = In werking sinds
what-if-ask = Vraag het de poort
what-if-head = Als { $name } voor { $group } was aangewezen sinds { $since }
what-if-would-go = { $form ->
        [one] 1 lijst was dan meer geweest.
       *[other] { $n } lijsten waren dan meer geweest.
    }
what-if-stays = { $form ->
        [one] 1 bleef wat hij is.
       *[other] { $n } bleven wat zij zijn.
    }
what-if-gone = { $form ->
        [one] 1 kan niet meer gevraagd worden: waar hij over ging is er niet meer.
       *[other] { $n } kunnen niet meer gevraagd worden: waar zij over gingen is er niet meer.
    }
what-if-nothing-asked = Aan deze organisatie is nog nooit een lijst onthouden. Er is dus niets om opnieuw te vragen.
what-if-full = Volledig
what-if-less = Met weglatingen of als aantal
what-if-person = Als een mens het vrijgeeft
what-if-no-person = Zonder dat een mens iets hoeft te doen
what-if-only-asked = Dit is alleen gevraagd. Er is niets opgeschreven en niets weggegaan.
what-if-list = Lijst
what-if-decided = Besloten op
what-if-was = Was
what-if-would = Zou zijn
what-if-how = Hoe
what-if-by-person = als een mens het vrijgeeft
what-if-by-itself = zonder mens
done-organisation-said = Opgeschreven. Wat niet weg mocht, wordt opnieuw gevraagd.
done-designation-said = De aanwijzing is opgeschreven. Wat door haar weg mag, komt hier te staan zodra het opnieuw is gevraagd, en wacht dan op u.
refused-organisation-word = Dit korte woord kan niet. Gebruik kleine letters, cijfers en streepjes, hoogstens veertig.
refused-organisation-known = Deze organisatie staat er al. Wijzig haar op haar eigen pagina.
refused-designation-days = Deze dagen passen niet bij elkaar. Iets eindigt pas nadat het begint, en wordt pas gepubliceerd nadat het getekend is.
refused-designation-known = Precies dit is al bekend. Er is niets opgeschreven.
