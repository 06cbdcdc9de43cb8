# The first two minutes, whose network it is, who runs it, and who said nothing for long.
start-title = Begin in two minutes
start-what = Five questions, a domain and a telephone number. Skip what you do not know. You can undo it for a day.
start-gateway = How do people come in from outside (VPN)?
start-mail = What does your mail run on?
start-records = Which patient records do you use?
start-hypervisor = What do your virtual servers run on?
start-firewall = Which firewall do you have?
start-choose = Choose the product
start-other = Something else, or one more
start-nothing = I do not know, or we have none
start-reach = How we find you
start-domain = Your domain
start-domain-hint = Such as noordzorg.example. After that you show that it is yours.
start-telephone = Number of your person on call
start-telephone-hint = We call this number at night when it is really needed.
start-on-call = On call
start-send = Save
networks-title = Your domains and networks
networks-what = What we see at an address we tell to whose it is. So show what is yours.
networks-list = { $form ->
    [one] 1 domain or network
   *[other] { $n } domains and networks
  }
networks-none = There is nothing yet. Begin with your own domain.
networks-add = Add something
networks-add-send = Add
networks-place = Domain or network
networks-place-hint = Such as noordzorg.example or 192.0.2.0/24.
networks-claimed = You say that this is yours. It is not proved yet.
networks-proven = It is proved that this is yours
networks-stale = The proof has run out
networks-given-up = No longer yours
networks-by-dns = by a text in DNS
networks-by-http = by a file on the website
networks-by-officer = by the CSIRT
networks-how = Put the text below in one of these two places. We look by ourselves.
networks-how-dns = as a TXT record under
networks-how-http = as a file at
networks-sign = The text:
networks-look = Look now
networks-how-network = For a network we call you. There is nothing for you to do.
networks-drop = Take away
networks-drop-what = What we see there we will no longer tell you.
networks-drop-send = Yes, take it away
networks-desk-title = Domains and networks
networks-desk-what = Whose is which address, and what shows it? What two participants say is theirs stands at the top.
networks-desk-none = Nobody has named a domain or network yet.
networks-whose = Whose
networks-standing = Standing
networks-disputed = disputed by
networks-vouch = Confirm with a reason
networks-vouch-send = Confirm
networks-reason = What shows it?
networks-reason-hint = For example: called the contact in RIPE at a known number.
inventories-title = Empty and old inventories
inventories-what = These participants registered nothing, or said nothing for three months. Call them: it takes them two minutes.
inventories-none = Everybody has a fresh inventory.
inventories-said = Last said that it is right
inventories-never = Never
suppliers-title = Suppliers that run systems for you
suppliers-what = Whom you give a mandate sees and changes only what you wrote down as run by them. It ends by itself on its last day.
suppliers-list = Mandates
suppliers-none = You have given nobody a mandate.
suppliers-add = Give a mandate
suppliers-add-send = Give it
suppliers-code = Code of the supplier
suppliers-code-hint = Your supplier finds the code on its own page “Suppliers”.
suppliers-called = What your list calls the supplier
suppliers-called-hint = Exactly as under “Who runs it?”.
suppliers-starts = First day
suppliers-ends = Last day
suppliers-ends-hint = At most two years ahead.
suppliers-standing = Standing
suppliers-days = From and to
suppliers-coming = still to begin
suppliers-running = running
suppliers-ended = over
suppliers-end = End it
suppliers-end-what = This counts at once.
suppliers-end-send = Yes, end it
suppliers-own-code = Your own code
suppliers-own-code-what = Do you run systems for others? Give them this code. Then they can give you a mandate.
suppliers-to-clients = What you run for others
clients-title = What you run for others
clients-what = You see only systems for which you have a mandate now.
clients-none = Nobody has given you a mandate at the moment.
clients-asked = { $form ->
    [one] This is about systems that you run for one client.
   *[other] This is about systems that you run for { $n } clients.
  }
clients-claim = { $form ->
    [one] Report done for that one client
   *[other] Report done for all { $n } clients
  }
clients-no-assets = Nothing stands in your name.
