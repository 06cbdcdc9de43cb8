# What goes out and comes in by mail.
post-title = Post
post-what = Wie een brief van ons beantwoordt met een cijfer, geeft daarmee antwoord. Hieronder staat wat niet telde en waarom. Er is niets door veranderd.
post-not-read = Dit knooppunt leest de postbus niet. Een mens leest wat daar binnenkomt.
post-replies = { $form ->
    [one] 1 reactie per mail wacht op u
   *[other] { $n } reacties per mail wachten op u
  }
post-no-replies = Er wacht geen reactie per mail.
post-sender = Volgens de mail zelf van
post-seen = Ik heb ernaar gekeken
post-why-late = De brief ging over een oudere versie van de waarschuwing. Bel en vraag hoe het nu staat.
post-why-not-theirs = De mail komt niet van de postbus waaraan wij schreven. Doe er niets mee voordat u iemand belt.
post-why-unsigned = Geen handtekening van dat domein klopt. Iedereen kan dit gestuurd hebben. Bel en vraag het na.
post-why-unproven = Een dag lang was niet na te gaan of dat domein heeft getekend. Bel en vraag het na.
post-why-loose = De mail is echt, maar zegt niet zeker op welke brief. Bel en vraag het na.
post-why-unreadable = Er staat geen gewone tekst in die wij kunnen bewaren. De mail zelf ligt in de postbus.
post-why-refused = Dit antwoord past niet bij deze brief. De mail zelf ligt in de postbus.
post-month = Reacties van de laatste dertig dagen
post-month-none = Er kwam niets binnen.
post-held-look = Kijk waarom, en laat los.
post-suppressed = { $form ->
    [one] 1 adres krijgt geen post
   *[other] { $n } adressen krijgen geen post
  }
post-suppressed-what = Naar deze adressen gaat niets. Wie zo niet te bereiken is, staat op de bellijst.
post-send-again = Stuur weer post
post-suppress = Stuur een adres geen post…
post-address = E-mailadres
post-suppress-why = Waarom?
post-suppress-sure = Stuur hier niets meer heen
