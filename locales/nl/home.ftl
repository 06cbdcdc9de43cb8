# The home of a participant.
home-good-night = Goedenacht.
home-good-morning = Goedemorgen.
home-good-afternoon = Goedemiddag.
home-good-evening = Goedenavond.
home-quiet = Het is rustig.
home-asks = { $form ->
    [one] Eén ding vraagt uw antwoord.
   *[other] { $n } dingen vragen uw antwoord.
  }
home-before = Graag vóór
home-watched = { $form ->
    [one] Wij houden 1 systeem in de gaten.
   *[other] Wij houden { $n } systemen in de gaten.
  }
home-measured = De laatste meting was
home-never-measured = Er is nog niet gemeten.
home-nothing-registered = U heeft nog niets aangemeld. Dan weten wij niet waarvoor wij u moeten waarschuwen.
home-register = Meld aan wat u gebruikt (2 minuten)
home-missing = Dit helpt de volgende keer
home-on-call-missing = Wij hebben geen nummer van uw piket. ’s Nachts kunnen wij u dan niet bereiken.
home-ciso-missing = Wij weten niet wie uw CISO is.
home-assets-old = Uw lijst met middelen is langer dan drie maanden niet bekeken.
home-assets-none = Uw lijst met middelen is leeg. Wij waarschuwen u dan voor alles wat ernstig is, ook als u het niet heeft.
home-fill-in = Vul aan (1 minuut)
home-others = Andere waarschuwingen
home-no-others = Er zijn geen andere waarschuwingen.
home-stage = Stand
home-to-warning = Naar de waarschuwing
