# Rapporten van waarnemingen, en wat van elke regel werd.
reports-title = Rapporten van waarnemingen
reports-what = Elke regel van een rapport gaat naar wie het aangaat, of staat hier met de reden.
reports-none = Er kwam nog geen rapport binnen.
reports-found = { $form ->
    [one] 1 rapport
   *[other] { $n } rapporten
  }
reports-name = Rapport
reports-state = Stand
reports-read = Gelezen
reports-routed = Verdeeld
reports-to-partners = Daarvan bij partners
reports-unattributed = Van niemand
reports-duplicate = Dubbel
reports-rejected = Geweigerd
reports-failed = Onbruikbaar
reports-done = Verwerkt
reports-waits = Wacht op zijn beurt
reports-being-read = Wordt gelezen
reports-from = Van
reports-came = Ontvangen
reports-ended = Verwerkt
reports-digest = SHA-256
reports-parts = Nog te verdelen delen
reports-adds-up = Verdeeld, van niemand, dubbel en geweigerd zijn samen alle gelezen regels.
reports-grows = De aantallen lopen op tot het hele rapport gelezen is.
reports-why = Waarom regels geweigerd zijn
reports-reason = Reden
reports-times = Aantal
reports-rows = De eerste geweigerde regels, zoals ze er staan
reports-row = Regel
reports-text = Tekst
reports-reasons = Hoe vaak elke reden voorkomt
reports-no-room = De schijf is bijna vol: { $free } MiB is vrij en { $least } MiB moet vrij blijven. Er komt nu niets nieuws binnen. Rapporten en bronnen wachten en gaan vanzelf verder als er ruimte is.
reports-waits-for-room = Wacht op ruimte op de schijf
reports-stuck = Lukte niet
reports-again = Volgende poging:
