# Wat er over een organisatie verteld is, en wie zij laat kijken of voor zich laat werken.
own-disclosures-title = Wat er over u verteld is
own-disclosures-what = Elk besluit over gegevens van uw organisatie: wat er verteld is, aan wie, in welke vorm, op welke grond, en wat wij niet vertelden. Ook wat wij aan uw eigen mensen stuurden staat hier.
own-disclosures-not-you = Over andere organisaties leest u hier niets, en zij niets over u.
own-disclosures-none = Er is over u nog niets besloten.
own-disclosures-count = { $form ->
        [one] 1 besluit
       *[other] { $n } besluiten
    }
own-disclosures-released = { $what } is { $form } verstrekt aan { $to }.
own-disclosures-waiting = { $what } is nog niet verstrekt aan { $to }. Een mens bij ons beslist daarover.
own-disclosures-withheld = { $what } is niet verstrekt aan { $to }.
own-disclosures-refused = { $what } is niet verstrekt aan { $to }. Een mens bij ons hield het tegen.
own-disclosures-superseded = { $what } voor { $to }: hierover is later opnieuw besloten.
own-disclosures-recalled = { $what } is { $form } verstrekt aan { $to }, en daarna teruggeroepen.
own-disclosures-to-own = { $name }, van uw eigen organisatie
own-disclosures-to-gone = iemand die er niet meer is
own-disclosures-list = Uw organisatie stond op deze lijst. Wie er nog meer op stond, leest u hier niet.
own-disclosures-about = Waarschuwing { $number }
own-disclosures-why = Waarom niet meer:
own-disclosures-by-person = Een mens bij ons gaf het vrij.
own-item-letter = Een brief aan u
own-item-rescan = Een verzoek om naar een systeem van u te kijken
own-item-receipt = Een ontvangstbewijs
own-item-progress = Een stand van zaken
own-item-offer = Een lijst van wie open staat
own-item-finder = Een antwoord aan een melder
consents-title = Wie bij u mag kijken
consents-what = Soms kan een ander sneller zien of een systeem van u nog open staat. Dat mag alleen als u het goed vindt, tot de dag die u kiest. U kunt dat nu regelen, zodat het bij een waarschuwing geen tijd kost.
consents-given = Uw toestemmingen
consents-running = { $form ->
        [one] 1 toestemming loopt
       *[other] { $n } toestemmingen lopen
    }
consents-none = U heeft nog niemand laten kijken.
consents-all = Alle systemen die u nu heeft
consents-all-what = Wat u later aanmeldt, valt er niet onder.
consents-end-hint = Hoogstens een jaar.
consents-runs = loopt
consents-ended = afgelopen
consents-withdrawn = ingetrokken
consents-by = Gegeven door
consents-until = Tot
consents-withdraw-all = Alles intrekken
consents-withdraw-what = Wie al gevraagd was te kijken, hoort dat meteen.
consents-withdraw-all-send = Trek alle toestemmingen in
consents-more = Alleen de nieuwste staan hier.
agreements-title = Machtigingen en toestemmingen van { $name }
agreements-what = Wie voor deze deelnemer mag handelen, voor wie hij handelt, en wie bij zijn systemen mag kijken. Alleen de deelnemer zelf verandert dit.
agreements-given = Machtigingen die hij gaf
agreements-no-given = Niemand mag voor deze deelnemer handelen.
agreements-held = Machtigingen die hij heeft
agreements-no-held = Deze deelnemer mag voor niemand handelen.
agreements-consents = Toestemmingen om te kijken
agreements-no-consents = Deze deelnemer heeft nog niemand laten kijken.
agreements-more = Alleen de eerste staan hier.
participants-agreements = Machtigingen en toestemmingen
