# De bellijst, de overdracht en de ladders.
calls-title = Bellijst
calls-what = Wie u belt, wat u zegt en wat wij weten. Tik op het nummer, en daarna op wat ervan kwam.
calls-now = { $form ->
    [one] Nu te bellen: 1
   *[other] Nu te bellen: { $n }
  }
calls-none = Er hoeft nu niemand te worden gebeld.
calls-waits = { $form ->
    [one] Er wacht er nog 1. Is er een af, dan komt die erbij.
   *[other] In totaal wachten er { $n }. Is er een af, dan komt de volgende erbij.
  }
calls-later = Pas later bellen
calls-later-why = Deze mensen mogen 's nachts niet worden gebeld. Belt u toch eerder, weet dan waarom.
calls-from = Bel pas vanaf
calls-held = { $name } is hiermee bezig, tot
calls-hold = Ik bel deze
calls-somebody = wie de dienst heeft
calls-script = Wat u zegt
calls-script-hello = Goedendag, u spreekt met { $officer } van { $team }. Spreek ik met { $name }?
calls-script-untested = Dit nummer is nooit getest. Noem nog geen systemen. Vraag eerst of men u terugbelt op { $telephone }.
calls-script-about = Ik bel over waarschuwing { $number }:
calls-script-measured = Wij hebben het lek bij u gezien.
calls-script-registered = U heeft dit product bij ons opgegeven. Wij hebben het lek bij u niet gemeten.
calls-script-exploited = Er zijn al aanvallers die dit lek gebruiken.
calls-script-ask = Wij vragen u te handelen vóór
calls-script-answer = Wie pakt dit op, en wanneer is het klaar? Het antwoord kan op de pagina van de waarschuwing.
calls-script-back = Twijfelt u of wij dit zijn? Bel ons terug op { $telephone }. Dat nummer staat op onze site.
calls-script-others = Noem geen andere organisaties. Vraag niet om wachtwoorden.
calls-night = Niemand voor de nacht
calls-night-count = { $form ->
    [one] 1 deelnemer heeft geen getest nummer waar dag en nacht wordt opgenomen.
   *[other] { $n } deelnemers hebben geen getest nummer waar dag en nacht wordt opgenomen.
  }
calls-night-what = Bel overdag, leg een nummer vast en test het. Een test telt 92 dagen.
calls-handover = Overdracht van de dienst
calls-handover-what = Wat in de afgelopen twaalf uur is gebeld. Wat nog wacht staat hierboven. Print deze pagina, of bewaar haar voor een dag zonder net.
calls-handover-none = In de afgelopen twaalf uur is er niet gebeld.
calls-ended = Gebeld in deze dienst
calls-when = Wanneer
calls-outcome = Uitkomst
calls-by = Door
done-call-held = Deze is nu voor u, een kwartier lang.
refused-call-held = Een collega is hiermee bezig. Kies een andere, of wacht tot het kwartier om is.

ladders-title = Ladders
ladders-what = Wanneer wij harder aandringen als er niets gebeurt. Elke trede verschilt van die eronder: een ander mens, een ander kanaal, een andere afzender of een andere toon.
ladders-edition = Uitgave { $number }, geschreven door { $author }, in werking gesteld door { $other },
ladders-shipped = Dit zijn de ladders waarmee deze server is begonnen.
ladders-proposed = Uitgave { $number } van { $author } wacht op een tweede persoon, sinds
ladders-put-what = Lopende waarschuwingen gaan verder vanaf hun trede. Speel de ladder eerst af: wat nu al toe is aan een trede, klimt meteen één trede.
ladders-put = In werking stellen
ladders-second = U schreef deze zelf. Een collega stelt haar in werking.
ladders-from = vanaf { $severity }
ladders-rung = Trede
ladders-after = Na
ladders-hours = Op welke uren
ladders-hours-always = dag en nacht
ladders-hours-waking = van 07:00 tot 23:00
ladders-hours-office = op werkdagen, van 08:30 tot 17:30
ladders-channel = Kanaal
ladders-person = Wie
ladders-sender = Namens
ladders-frame = Waarover
ladders-play = Speel de ladder af
ladders-play-what = U ziet wat de ladder vraagt als niemand antwoordt. Er wordt niets bewaard en niemand krijgt bericht.
ladders-play-advisory = Voor wie
ladders-play-everybody = alle deelnemers, hoogste ernst
ladders-play-proposed = met de voorgestelde ladders
ladders-play-go = Speel af
ladders-played = { $form ->
    [one] Afgespeeld met 1 deelnemer.
   *[other] Afgespeeld met { $n } deelnemers.
  }
ladders-no-calls = Er hoeft niemand te worden gebeld.
ladders-calls = Telefoontjes per uur
ladders-hour = Uur dat begint om
ladders-count = Aantal
ladders-nobody = { $form ->
    [one] 1 trede vindt niemand met een nummer of adres
   *[other] { $n } treden vinden niemand met een nummer of adres
  }
ladders-same = { $form ->
    [one] 1 trede komt bij dezelfde persoon als de trede eronder
   *[other] { $n } treden komen bij dezelfde persoon als de trede eronder
  }
ladders-at-rung = trede { $rung }
ladders-more = { $form ->
    [one] En nog 1.
   *[other] En nog { $n }.
  }
ladders-edit = De ladders wijzigen
ladders-edit-what = Wat u voorstelt telt pas als een collega het in werking stelt.
ladders-text = De ladders als tekst
ladders-propose = Stel voor
ladders-refused = Dit past niet, en er is niets bewaard:
ladders-unfit-repeats = De ladder { $whom }: trede { $rung } herhaalt de trede eronder. Verander de persoon, het kanaal, de afzender of de toon.
ladders-unfit-order = De ladder { $whom }: trede { $rung } komt niet later dan de trede eronder.
ladders-unfit-empty = De ladder { $whom } heeft geen trede.
ladders-unfit-twice = Er zijn twee ladders { $whom }.
ladders-unfit-nobody-else = Voor sommigen is er geen ladder. Laat in ten minste één ladder ‘sector’ en ‘exploited’ weg.
ladders-unfit-line = Regel { $line } is niet te lezen:
done-ladders-in-force = De nieuwe ladders gelden nu.
refused-ladders = Deze ladders kunt u niet in werking stellen. U schreef ze zelf, of er gelden al nieuwere.
ledger-ladders-changed = Ladders gewijzigd

# Leest men ons? De test, de oefening en het proefalarm.
contact-test-title = Wij vroegen of u ons leest
contact-test-what = In de mail die u van ons kreeg staat een code. Typ die hier: dan weten wij dat onze waarschuwingen u bereiken.
contact-test-send = Ik heb het gelezen
contact-test-is-warning = Kreeg u een waarschuwing? Antwoord daarop hier
contact-test-link = Kreeg u een test of een oefening? Typ de code hier
contact-test-read = Dank u: dit bericht is gelezen.
contact-test-read-renewal = Wij vragen het over drie maanden opnieuw.
contact-test-read-welcome = Zo snel gaat het ook als het ernst is. Zet ons nummer in uw telefoon.
contact-test-read-alarm = De tijd tot nu toe telt mee in de uitslag van het proefalarm.
contact-test-wrong = Deze code past niet, of niet meer. Kijk of u hem goed heeft overgetypt, of bel ons.
alarms-title = Proefalarm
alarms-what = Twee keer per jaar schrijven wij iedereen tegelijk, zoals op de dag zelf. Wie antwoordt is bereikbaar; wie zwijgt bellen wij, voordat het nodig is.
alarms-never = Er is nog nooit een proefalarm gegeven.
alarms-due = Er is een proefalarm nodig sinds
alarms-next = Het volgende proefalarm is nodig op
alarms-give = Geef een proefalarm
alarms-give-what = Elke deelnemer krijgt nu een mail met [OEFENING] in het onderwerp, aan dezelfde mensen als een waarschuwing. Wie binnen zeven dagen niet antwoordt geldt als slecht bereikbaar.
alarms-sure = Ja, schrijf nu iedereen
alarms-give-send = Geef het alarm
alarms-list = Hoe het ging
alarms-caption = Proefalarmen, het nieuwste bovenaan
alarms-at = Gegeven
alarms-participants = Deelnemers
alarms-letters = Berichten
alarms-answered = Beantwoord
alarms-prompt = Binnen 4 uur
alarms-median = Helft na
alarms-silent = Wie zweeg
alarms-silent-none = Iedereen heeft geantwoord.
alarms-silent-what = Van deze deelnemers heeft bij het laatste alarm nog niemand geantwoord.
done-alarm-given = Het proefalarm gaat nu naar iedereen.
refused-alarm-unsure = Kruis aan dat u het meent: iedereen krijgt dit bericht.
refused-alarm-too-soon = Het vorige proefalarm is nog geen dag geleden.
ledger-contact-tested = Gevraagd of berichten gelezen worden
ledger-alarm-ordered = Proefalarm gegeven
contacts-last-test = Laatste test
contacts-test-waits = nog geen antwoord
contacts-test-answered = beantwoord op
contacts-test-missed = niet beantwoord
