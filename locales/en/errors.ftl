# Error pages: what happened, what was not lost, what to do
errors-bad-title = This address or form is incomplete
errors-bad-do = Please open it again from a link on a page and try once more.
errors-foreign-title = This form came from another site
errors-foreign-do = To protect you we did not act on it. Please send it again from a page of this site.
errors-forbidden-title = Your role cannot open this page
errors-forbidden-do = If you need it for your work, ask your security administrator for a role that may.
errors-absent-title = This page was not found
errors-absent-do = The address may be mistyped, or the thing did not exist on the date you chose. You can search, or go to the first page.
errors-method-title = This address is not used in this way
errors-method-do = Please open it from a link or a button on a page.
errors-large-title = What you sent is too large
errors-large-do = Please send less, or compress or split the file first.
errors-refused-title = This step was not done
errors-refused-do = Please go back, change it and send it again. What you filled in is still on the page before.
errors-unavailable-title = The system is busy and could not finish
errors-unavailable-do = Please try again in a minute or two.
errors-unwritable-title = Nothing can be saved just now
errors-unwritable-do = You can go on reading. Please tell your system administrator that the disk of the database is full or may not be written; once that is mended, send it again.
errors-unsure-title = We do not know yet whether this was done
errors-unsure-do = The database went away before it answered. Please go back and send the same form again in a minute: what was done is not done twice.
errors-internal-title = The program made a mistake
errors-internal-do = The error was recorded. Please try again later; if it stays, tell your system administrator the number of the request below.
errors-nothing-lost = What you sent had no effect, and nothing that was there before has changed.
errors-home = Go to the first page
errors-number = Number { $status }
errors-request = Request { $id }
errors-form-title = { $count ->
    [one] One thing needs to be changed
   *[other] { $count } things need to be changed
}
errors-form-kept = What you filled in is still here.
errors-field = Error:{" "}
errors-search = Look for it under another word
