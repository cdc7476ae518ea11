# The handbook
handbook-refused-decision-without-reason = Give the reason for this decision
handbook-refused-decision-form = Choose a station of its own or a joint one
handbook-refused-file = This handbook cannot be used: { $fault }
handbook-refused-later-version = A version is in force from { $from } or later: choose a later date
handbook-refused-version-taken = The version { $version } exists already, please choose another number
handbook-refused-adopted-already = Version { $version } was adopted and cannot be changed
handbook-refused-version = Give the version a number of 1 to { $length } characters
handbook-refused-past = A version can take effect today ({ $today }) or later
