# One system, and the holes in it of which nobody was warned.
asset-holes = Known holes
asset-holes-what = Public lists name these holes in this version. Nobody was warned of them. Ask your supplier whether a newer version mends them.
asset-holes-no-version = Public lists name these holes in this product. We do not know whether your version is one of those. Fill in your version; then only what concerns you remains. Nobody was warned of these holes.
asset-holes-none = We know of no holes in this beside the warnings that you got. That does not prove that there are none.
asset-holes-found = { $form ->
    [one] 1 known hole
   *[other] { $n } known holes
  }
asset-holes-more = { $form ->
    [one] And 1 more.
   *[other] And { $n } more.
  }
asset-holes-since = Known since
asset-hole-not-exploited = no use reported
