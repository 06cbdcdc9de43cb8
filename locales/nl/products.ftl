# Hoe producten in onze lijst heten.
products-title = Hoe heet uw product bij ons?
products-what = Vul het product in zoals het hier staat. Dan vinden wij u sneller.
products-search = Begin van de naam van het product
products-none = Wij kennen geen product dat zo begint. U kunt het toch aanmelden; een medewerker zoekt uit wat het is.
