# Who hands in lists of open systems, and what they are told.
finders-title = Finders
finders-what = A finder found open systems and gives us the list. A finder is told numbers, and never who they are.
finders-parked-head = Waits for you
finders-parked-count = { $form ->
    [one] 1 list stands aside: nobody has made sure who it comes from
   *[other] { $n } lists stand aside: nobody has made sure who they come from
}
finders-parked-rows = { $form ->
    [one] 1 row
   *[other] { $n } rows
}
finders-release-what = First make sure who this is. Nothing of this list has been used yet.
finders-release = Take it in
finders-list = Whom we know
finders-count = { $form ->
    [one] 1 finder
   *[other] { $n } finders
}
finders-none = No finder has been registered yet.
finders-name = Name
finders-mail = Mail address
finders-standing = Standing
finders-since = Since
finders-verified = How verified
finders-verified-hint = For example: called on the number of their site.
finders-add = Register a finder
finders-add-send = Register
finders-change = Change the standing
finders-change-send = Change
finders-code = Address of their page
finders-code-of = Page of { $name }
finders-code-what = Whoever has this address can come to the page of the finder. A new address makes the one before void.
finders-code-send = Make a new address
finders-code-once = Give this address to the finder. You see it only now: we do not keep it.
finders-back = Back to the finder
finders-for-them = Hand in a list for them
finders-sets = Lists
finders-no-sets = No list has been handed in yet.
finders-own-title = Your lists
finders-own-what = Here you hand in what you found. You get a receipt, and after 1, 3, 7 and 30 days numbers. We do not say who they are.
finders-own-size = A list may be 1 MiB, also packed. Is it larger? Call us.
finders-hand-in = Hand in a list
finders-hand-in-send = Hand in
finders-file = File
finders-file-hint = CSV, JSON, or what a scanner writes; also packed.
finders-method = How you looked
finders-proof = What shows it
finders-proof-hint = For example: the page that answers, or the version that the system names.
finders-parked = stands aside: we do not know yet who you are
finders-reference = Number
finders-got = Received
finders-rows = Read
finders-rows-read = { $accepted } of { $rows } rows
finders-rejected = Not read
finders-day = After day { $day }
finders-known = Owners that we know
finders-told = Warned
finders-closed = Closed
finders-not-allowed = We were not allowed to warn
finders-not-counted = The first numbers come after a day.
finders-receipt = Receipt
finders-signature = Signature
finders-proof-of = Proof from the ledger
finders-receipt-what = Keep all three. With the signature anybody sees that the receipt is ours. With “dijkwacht audit check-proof” anybody sees that it stands in our ledger.
finders-check = Check the signature
finders-check-what = Nothing but OpenSSH is needed. Call the two files as below. The answer is “Good signature”.
finders-asked = Would you look again?
finders-look-for = For what
refused-finder-name = There is a finder of this name already.
refused-no-report = There is no row in this that says what somebody saw. See whether the columns are right.
done-set-known = We had this list already. Nothing was changed.
done-set-parked = The list is kept, and stands aside until somebody has looked at it.
done-set-taken = The list is received.
done-set-released = The list is taken in.
finders-proving = What is proof
