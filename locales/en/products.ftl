# How products are called in our list.
products-title = How do we call your product?
products-what = Fill in the product as it stands here. Then we find you sooner.
products-search = Beginning of the name of the product
products-none = We know no product that begins so. You can register it all the same; somebody here finds out what it is.
