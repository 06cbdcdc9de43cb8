# Advisories, on the desk.
advisories-search = Find in the advisories
advisories-title-column = Advisory
advisories-severity = Severity
advisories-state = Phase
advisories-revision = Revision
advisories-open = Still open
advisories-complaints = Complaints on reading
advisories-found = { $form ->
    [one] 1 advisory
   *[other] { $n } advisories
  }
advisories-none = There is no advisory here yet. As soon as a source sends something, it stands here.
advisory-would-reach = Who would get this
advisory-reaches = Whom this concerns
advisory-participants = participants
advisory-systems = systems
advisory-unsure = unsure
advisory-blocked = without legal ground
advisory-unreached = unreachable
advisory-to-board = See on the board who is still open
advisory-proposal = Waits for a second person
advisory-proposed-by = Written by { $name }.
advisory-proposed-by-paper = Came in as a paper. One person can release it.
advisory-own-work = You wrote this yourself. A colleague reads it and releases it.
advisory-publish = Release it
advisory-publish-reopening = { $form ->
    [one] Release and reopen that one warning
   *[other] Release and reopen { $n } warnings
  }
advisory-trust = Trust in: { $measure }
advisory-trust-stays = stays as it is
advisory-publish-count = { $form ->
    [one] 1 participant then gets a warning.
   *[other] { $n } participants then get a warning.
  }
advisory-reassessment = What others said since makes the sum rise
advisory-says = says { $by }, since { $since }
advisory-take-over = Take it over
advisory-withdraw = Withdraw…
advisory-withdraw-count = { $form ->
    [one] 1 participant hears that this no longer applies.
   *[other] { $n } participants hear that this no longer applies.
  }
advisory-withdraw-sure = Yes, withdraw it
advisory-measures = What helps
advisory-no-measure-known = The paper itself says that nothing can be done yet.
advisory-no-measure = It holds no measure. Find one, or say that there is none.
advisory-measure-kind = Kind
advisory-care = Effect on care
advisory-fails-for = Does not help on
advisory-provable = How we can see it
advisory-provable-by-nothing = not from outside; a second person signs
advisory-leaning = Warnings that lean on it
advisory-measure-steps = { $form ->
    [one] 1 step
   *[other] { $n } steps
  }
advisory-doubtful = Doubtful…
advisory-doubtful-sure = Yes, we doubt this
advisory-revoked = Revoke as a measure…
advisory-revoked-sure = Yes, this no longer helps
advisory-recommended = Recommend…
advisory-recommended-sure = Yes, this helps
advisory-reopens = { $form ->
    [one] 1 warning reopens by this. The participant gets a message.
   *[other] { $n } warnings reopen by this. The participants get a message.
  }
advisory-reason = Why? This goes into the ledger.
advisory-severity = Severity
advisory-points = { $form ->
    [one] 1 point
   *[other] { $n } points
  }
advisory-below = { $form ->
    [one] 1 point below
   *[other] { $n } points below
  }
advisory-top = This is the highest level.
advisory-lifted-by = One of these answers is enough:
advisory-deviates = Other than computed, because:
advisory-answers = The answers
advisory-answers-scheme = By the scheme
advisory-question = Question
advisory-answer = Answer
advisory-products = Which products it is about
advisory-product = Name of the product
advisory-versions = Versions
advisory-versions-unknown = the paper does not say which
advisory-product-status = Affected?
advisory-no-products = The paper names no product that we can compare. So we warn nobody yet: add the products.
advisory-revisions = Revisions of this advisory
advisory-no-revision = Not yet released.
advisory-first = first revision
advisory-papers = Where it comes from
advisory-no-paper = Written here.
advisory-bytes = { $bytes } bytes
advisory-no-complaints = read without complaints
advisory-complaints = { $form ->
    [one] 1 complaint on reading
   *[other] { $n } complaints on reading
  }
advisory-revise = Make a new revision
advisory-revise-what = You see first what changes. A message goes out only when steps, deadline, severity or products change.
advisory-revise-open = Write the new revision
advisory-presumption = Presumption of compromise from
advisory-presumption-hint = Who was not safe at that moment must do a compromise check.
advisory-exploited = Attackers are already using this
question-chance = Chance
question-damage = Damage
question-urgency = Urgency
question-default-configuration = Vulnerable as delivered?
question-exploit-code = Is there exploit code?
question-technical-details = Are there technical details?
question-access = What access is needed?
question-credentials = What rights are needed?
question-complexity = How hard is the attack?
question-user-interaction = Must a user do something?
question-exploited = Is it already exploited?
question-exploit-expected = Is exploit code expected?
question-solution = Is there a solution?
question-denial-of-service = Can it bring the service down?
question-code-execution = Can somebody execute code?
question-remote-rights = Does somebody outside get rights?
question-privilege-escalation = Can somebody get more rights?
question-information-leak = Can information leak?
question-label = How urgent is it?
choice-no = no
choice-yes = yes
choice-none = none
choice-some = some
choice-full = full
choice-proof-of-concept = proof of concept
choice-exploit = working exploit code
choice-limited = limited
choice-large = on a large scale
choice-physical = on the spot
choice-lan = from the own network
choice-internet = from the internet
choice-admin = administrator
choice-user = user
choice-complex = hard
choice-average = average
choice-easy = easy
choice-more-than-two-months = only in more than two months
choice-within-two-months = within two months
choice-client = of a workplace
choice-infrastructure-service = of a service on which much leans
choice-system-information = data about the system
choice-data = data of users
choice-shell = yes, as a user
choice-root-shell = yes, as root
choice-root = as root
choice-normal = normal
choice-urgent = urgent
advisory-for-duty-officer = The duty officer releases this.
advisories-import = Read in a paper
advisories-from-lists = What lists report and concerns nobody here waits aside:
advisories-import-what = A CSAF advisory, a CVE record, a list from KEV or NVD, or results of measurements. It goes to nobody before a person releases it.
advisories-import-file = File
advisories-import-send = Read this in
advisory-before-release = Who would get what, and who nothing?
advisory-recipients = Who got what
advisory-draft-of = {$name} is writing on this, last kept
advisory-draft-go-on = Go on writing
advisory-enrich-what = Make it an advisory of your own: with your words, your steps and your judgement.
advisory-enrich = Enrich to an own advisory
advisory-why = For what reason?
advisory-later = Release later…
advisory-release-at = Release at
advisory-approve = Approve for that time
advisory-approved-by = Approved by {$name}. Goes out at
advisory-hold = Hold it after all
advisory-back = Send back to the writer…
advisory-back-what = It becomes a draft again, with your remark.
advisory-back-send = Send back
advisory-aside = Not for us: put aside…
advisory-aside-what = A new paper of the source brings it back.
advisory-aside-send = Put aside
advisory-close = Close it…
advisory-close-what = This can be done when no warning is open any more. A new revision opens it again.
advisory-close-sure = Yes, close
advisory-state-reason = The reason given:
advisory-summary-nl = Summary (Dutch)
advisory-summary-en = Summary (English)
advisory-consequence-nl = What can happen? One sentence (Dutch)
advisory-consequence-en = What can happen? One sentence (English)
advisory-revise-send = Make the new revision
advisory-write = Write at the desk
