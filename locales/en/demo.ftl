# Pages of the demonstration.
demo-title = Play the winter of 2019 again
demo-what = Everything here is invented, except what happened in the world in December 2019. Start the clock and watch, or become somebody from the story.
demo-progress = How far the story is
demo-play = Let the clock run
demo-pause = Stop the clock
demo-step-hour = One hour on
demo-step-day = One day on
demo-next-event = To the next event
demo-speed = Speed, per second
demo-hours = { $form ->
    [one] 1 hour
   *[other] { $n } hours
  }
demo-next = Soon,
demo-over = The story is over. Everybody is verified safe, or stands on the board with the reason why not.
demo-roles = Become somebody
demo-become = Become { $name }
demo-role-duty-officer = duty officer: sees the board and the calling list, and releases advisories
demo-role-analyst = analyst: writes and revises advisories
demo-role-contact = security contact: gets warnings and answers
demo-role-reader = colleague who only reads along
demo-role-administrator = administrator of this node
demo-role-supervisor = supervisor: sees figures only
demo-mails = Mails
demo-node = What this node did
demo-story = What happened
demo-nothing-yet = Nothing has happened yet. Start the clock.
mail-list-what = These mails were not really sent. This is how they look to the recipient.
mail-list-search = Find by recipient or subject
mail-list-found = { $form ->
    [one] 1 mail
   *[other] { $n } mails
  }
mail-list-to = To
mail-list-none = There is no mail yet. Start the clock.
mail-headers = All headers
mail-letter = The letter
demo-website = The website that everybody reads:
demo-finder = The page of a finder, who has no account
