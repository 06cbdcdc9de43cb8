# When something went wrong.
error-not-found = Deze pagina is er niet
error-not-found-what = Het adres klopt niet, of deze pagina is niet voor u.
error-not-found-do = Typte u het adres zelf? Kijk het dan na. Of ga naar
error-home = het begin
error-refused = Zo kan het niet
error-refused-do = Ga terug met de knop van uw browser. Wat u had ingevuld staat er nog.
error-broken = Er ging iets mis bij ons
error-broken-what = Dit ligt niet aan u. Wij hebben het al gezien en zoeken het uit.
error-not-stored = Dit is niet opgeslagen
error-not-stored-what = Wij konden niet bewaren wat u stuurde. Ga terug en probeer het nog eens, of bel ons.
error-number = Noem dit nummer als u belt: { $number }
error-call = Heeft het haast? Bel ons, dag en nacht:
