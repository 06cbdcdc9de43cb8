# What a participant registered.
assets-title = What you use
assets-what = We warn you about what is listed here. Think of access from outside (VPN), e-mail, patient records, virtual servers and the firewall.
assets-list = { $form ->
    [one] 1 registered asset
   *[other] { $n } registered assets
  }
assets-none = Nothing is listed yet. Begin with what can be reached from outside. That takes two minutes and helps most.
assets-confirmed = You last said that this is right on
assets-never-confirmed = You have not yet said that this list is right.
assets-confirm = All of this is still right
assets-product = Name of the product
assets-product-hint = As you call it, for example NetScaler.
assets-vendor = Vendor of the product
assets-vendor-hint = For example Citrix.
assets-version = Version
assets-version-hint = As exactly as you know. May stay blank.
assets-host = Name on the network
assets-host-hint = For example vpn.noordzorg.example.
assets-address = IP address
assets-address-hint = For example 192.0.2.17.
assets-supplier = Who runs it?
assets-supplier-hint = Blank if you run it yourself.
assets-order-number = Order number or model
assets-order-number-hint = Some makers warn by this alone. Example: 6ES7 512-1DK01-0AB0.
assets-cpe = CPE name
assets-cpe-hint = Only if you have it. Begins with cpe:2.3: or cpe:/.
assets-purl = Package URL
assets-purl-hint = Only if you have it. Begins with pkg:.
assets-alias = Your own name for it
assets-alias-hint = This is the name that we use in messages.
assets-reach = Can be reached
assets-care = What if this is off for a day?
assets-care-none = Care does not notice
assets-care-hindered = Care goes on, by a detour
assets-care-endangered = The safety of patients is in danger
assets-no-patients = Never put data of patients here.
assets-place = Where
assets-state = Stage
assets-warnings = Warning
assets-open-warnings = { $form ->
    [one] 1 open warning
   *[other] { $n } open warnings
  }
assets-add = Add something
assets-add-send = Add
assets-change = Change
assets-change-send = Save
assets-retire = Take away
assets-retire-what = You no longer use this? Then we stop warning you about it. What happened before is kept.
assets-retire-send = Yes, take away
assets-upload = Upload a list
assets-upload-what = A CSV file with these names on its first line. Columns that you do not have may be left out. You see first what changes.
assets-upload-file = File (CSV)
assets-upload-send = Show what changes
assets-difference = What changes
assets-difference-what = Nothing is stored yet. About old holes you get no separate mails, but one overview.
assets-added = Is added
assets-changed = Changes
assets-removed = Is taken away
assets-same = Stays the same
assets-unread = Not read, or not wholly
assets-line = Line { $number }:
assets-nothing-changes = Your list was right already. There is nothing to store.
assets-difference-take = Yes, store this
assets-difference-drop = No, leave it as it was
complaint-cells = This line has not as many cells as the first line.
complaint-no-address = “{ $text }” is no IP address.
complaint-no-host = “{ $text }” is no host name.
complaint-no-product = No product can be read from “{ $text }”.
complaint-no-product-at-all = There is no product here.
complaint-too-long = This is longer than { $text } characters. The rest was left out.
complaint-twice-first = The column “{ $text }” is there twice. The first one counts.
complaint-unknown-column = We do not know the column “{ $text }”. It was left out.
complaint-unknown-word = We do not understand “{ $text }” here.
