# The register
register-refused-town-code = The town code { $code } is not right: it has nine digits
register-refused-code-taken = This code is registered already, please choose another
register-refused-name-empty = Enter the name
register-refused-planned = Planned households lie between 0 and { $most }
register-refused-planned-undated = Enter the date of the decision with the planned households
register-refused-leave-without-reason = Say why the community leaves the list
register-refused-mode-twice = This governance mode is in force already ({ $mode })
register-refused-mode-not-in-force = This governance mode is not in force and cannot end
register-refused-decided-already = This was decided already, please open the page again
register-refused-number-taken = This number is registered already, please check it
register-refused-household-empty = A household has at least one person
register-refused-ends-before-it-begins = The end lies before the beginning, please check the dates
register-refused-ended-already = This household ended already, please open the page again
