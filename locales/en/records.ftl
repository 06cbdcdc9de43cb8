# What public lists say about vulnerabilities.
records-title = Set aside
records-what = What public lists report and concerns nobody here. As soon as it does, or is new and exploited, it comes to the advisories by itself.
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
