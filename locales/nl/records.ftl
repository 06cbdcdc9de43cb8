# Wat openbare lijsten over kwetsbaarheden zeggen.
records-title = Terzijde gelegd
records-what = Wat openbare lijsten melden en hier niemand raakt. Zodra het wel iemand raakt, of nieuw is en misbruikt wordt, komt het vanzelf bij de adviezen.
records-search = Begin van het nummer, zoals CVE-2019-197
records-all = Alles
records-nameless = Zonder product
records-exploited = Misbruikt
records-found = { $form ->
    [one] 1 melding
   *[other] { $n } meldingen
  }
records-number = Nummer
records-title-column = Titel
records-by = Lijst
records-at = Verschenen
records-state = Stand
records-is-exploited = misbruikt
records-is-nameless = noemt geen product
records-is-withdrawn = ingetrokken
records-is-on-desk = bij de adviezen
records-bring = Naar de adviezen
records-none = Geen melding die hieraan voldoet.
records-of-lists = Wat lijsten zeggen
