# What public lists say about vulnerabilities.
records-what = Everything that public lists report. What concerns somebody here, and what is new and exploited or names no product, comes to the advisories by itself; the rest lies here.
records-search = Beginning of the number, such as CVE-2019-197
records-all = All
records-nameless = Without a product
records-exploited = Exploited
records-found = { $form ->
    [one] 1 record
   *[other] { $n } records
  }
records-number = Number
records-title-column = Title
records-by = List
records-at = Published
records-state = Standing
records-is-exploited = exploited
records-is-nameless = names no product
records-is-withdrawn = withdrawn
records-is-on-desk = on the desk
records-bring = To the advisories
records-none = No record is like this.
records-of-lists = What lists say
