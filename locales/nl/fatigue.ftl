# Whether our letters are still read.
fatigue-title = Wat onze post vraagt
fatigue-what = Wie vaak post krijgt die hem niet aangaat, leert wegkijken. Hier staat hoeveel mail een mens van ons krijgt en hoe die valt.
fatigue-flagged = { $form ->
    [one] Eén regel raakt te vaak wie het niet aangaat
   *[other] { $n } regels raken te vaak wie het niet aangaat
 }
fatigue-weeks = De laatste acht weken
fatigue-monday = Week vanaf
fatigue-each = Mails per mens
fatigue-most = Meeste aan één mens
fatigue-arrived = Waarschuwingen bezorgd
fatigue-heard = Iets gehoord
fatigue-half = De helft gehoord na
fatigue-not-theirs = „Niet van toepassing”
fatigue-half-what = Zwijgen telt als zwijgen: de tijd geldt voor iedereen bij wie de waarschuwing aankwam, ook voor wie nog niets zei. „Niet van toepassing” is het aandeel van wie iets zei.
fatigue-half-silent = meer dan de helft zwijgt
fatigue-tenths = { $whole },{ $tenth }
fatigue-rules = Waar te vaak „niet van toepassing” komt
fatigue-rules-what = De beveiligingsadviezen van de laatste negentig dagen. Zegt meer dan 30 % van minstens vijf antwoorden „niet van toepassing”, kijk dan na welke producten en versies het advies noemt.
fatigue-rules-none = In negentig dagen zei niemand „niet van toepassing”.
fatigue-advisory = Beveiligingsadvies
fatigue-look = Kijk na wat deze regel raakt
