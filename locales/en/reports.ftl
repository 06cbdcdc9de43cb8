# Reports of observations, and what became of each row.
reports-title = Reports of observations
reports-what = Each row of a report goes to whom it concerns, or stands here with the reason.
reports-none = No report has come in yet.
reports-found = { $form ->
    [one] 1 report
   *[other] { $n } reports
  }
reports-name = Report
reports-state = Standing
reports-read = Read
reports-routed = Routed
reports-to-partners = Of those at partners'
reports-unattributed = Nobody's
reports-duplicate = Duplicate
reports-rejected = Rejected
reports-failed = Of no use
reports-done = Taken in
reports-waits = Waits for its turn
reports-being-read = Being read
reports-from = From
reports-came = Received
reports-ended = Taken in
reports-digest = SHA-256
reports-parts = Parts still to be routed
reports-adds-up = Routed, nobody's, duplicate and rejected are together all rows that were read.
reports-grows = The figures grow until all of the report is read.
reports-why = Why rows were rejected
reports-reason = Reason
reports-times = Times
reports-rows = The first rejected rows, as they stand there
reports-row = Row
reports-text = Text
reports-reasons = How often there was each reason
reports-no-room = The disk is almost full: { $free } MiB is free and { $least } MiB must stay free. Nothing new comes in now. Reports and sources wait, and go on by themselves when there is room.
reports-waits-for-room = Waits for room on the disk
reports-stuck = Did not succeed
reports-again = Next try:
