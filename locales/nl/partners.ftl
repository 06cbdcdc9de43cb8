# Wat op plekken van partners gezien is.
partners-title = Netwerken van partners
partners-what = Wat iemand op deze plekken ziet, is van een partner en niet van onze deelnemers. Het staat hier tot u het overdraagt.
partners-none = Er zijn nog geen netwerken van partners ingevoerd.
partners-count = { $form ->
    [one] 1 partner
   *[other] { $n } partners
  }
partners-partner = Partner
partners-places-count = Plekken
partners-open = Nog te zien
partners-known = Bekend
partners-enter = Plekken invoeren
partners-no-organisations = Er is nog geen organisatie die op dit moment telt. Voer die eerst in.
partners-organisation = Organisatie
partners-group = Doelgroep
partners-own = Van de partner zelf
partners-places = Plekken
partners-places-hint = Eén op elke regel: een netwerk zoals 192.0.2.0/24, een domein, of een AS-nummer zoals AS64496.
partners-enter-send = Voer in
partners-no-places = Er staat geen plek meer. Wat hier gezien is, gaat binnen een minuut naar wie het nu aangaat.
partners-drop = Haal { $place } weg
partners-seen = Wat er gezien is
partners-over = Overdragen
partners-over-what = Per label staat hier wat vandaag mag. Wat u overdraagt zegt wat er staat en waar, en nooit wie het zag.
partners-nothing = Er is nu niets te zien op deze plekken, of de organisatie telt vandaag niet.
partners-may-go = Mag, als u het overdraagt
partners-stays = Blijft hier
partners-released = Overgedragen
partners-hand-over = Draag over
partners-ask = Vraag en leg vast
partners-list = Lijst als tabel
