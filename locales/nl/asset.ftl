# Eén systeem, en de lekken erin waarvoor niemand is gewaarschuwd.
asset-holes = Bekende lekken
asset-holes-what = Openbare lijsten noemen deze lekken in deze versie. Niemand is ervoor gewaarschuwd. Vraag uw leverancier of een nieuwere versie ze verhelpt.
asset-holes-no-version = Openbare lijsten noemen deze lekken in dit product. Wij weten niet of uw versie erbij hoort. Vul uw versie in; dan blijft alleen over wat u aangaat. Niemand is voor deze lekken gewaarschuwd.
asset-holes-none = Wij kennen hierin geen lekken buiten de waarschuwingen die u kreeg. Dat is geen bewijs dat er geen zijn.
asset-holes-found = { $form ->
    [one] 1 bekend lek
   *[other] { $n } bekende lekken
  }
asset-holes-more = { $form ->
    [one] En nog 1.
   *[other] En nog { $n }.
  }
asset-holes-since = Bekend sinds
asset-hole-not-exploited = geen misbruik gemeld
