# When something went wrong.
error-not-found = This page is not there
error-not-found-what = The address is not right, or this page is not for you.
error-not-found-do = Did you type the address yourself? Then check it. Or go to
error-home = the beginning
error-refused = This is not possible
error-refused-do = Go back with the button of your browser. What you filled in is still there.
error-broken = Something went wrong on our side
error-broken-what = This is not your fault. We have seen it and are looking into it.
error-not-stored = This was not stored
error-not-stored-what = We could not keep what you sent. Go back and try once more, or call us.
error-number = Mention this number when you call: { $number }
error-call = Is it urgent? Call us, day and night:
