# The station plan
plan-refused-name = A scenario needs a name of at most { $length } characters. The scenario was not kept: please change its name and send it again
plan-refused-unknown-site = Number { $site } is neither a community of the list nor premises on that day, and cannot be pinned or forbidden. The scenario has not changed: please open the page again and choose once more
plan-refused-no-handbook = No handbook is in force on { $day }, so no scenario can be computed. Nothing was kept: please adopt a version of the handbook first, or choose another day
plan-refused-adopted-already = The scenario “{ $name }” was adopted already and can be neither changed nor adopted again. It has not changed: please copy it into a new scenario and change that
plan-refused-not-proven = This scenario may cost up to { $gap } more than the cheapest one possible, and only 1% may be adopted without further words. It was not adopted: please confirm “adopt all the same”, or compute it again
plan-refused-before-its-day = The day may not be earlier than { $day }, the day of the stations behind this scenario. Nothing has changed: please choose that day or a later one
plan-refused-before-current = The day is earlier than the first day of the plan in force, “{ $name }”. The plan in force has not changed: please choose a later day
plan-refused-none-adopted = No plan has been adopted yet, so there is neither a gap list nor a station to open. Nothing has changed: please adopt a scenario first
plan-refused-still-serves = This point still serves { $communities }. It was not closed: please open the new points of these communities first
plan-refused-no-gap-chosen = No gap was chosen. The list has not changed: please tick the gaps first
plan-refused-note = What you ask for has at most { $length } characters. Nothing was handed out: please shorten it and send it again
plan-refused-due-in-the-past = The day { $day } has passed. Nothing was handed out: please choose today or a later day
plan-refused-gap-crossed-off = This gap of “{ $place }” was crossed off already (still lacking: { $lacking }) and takes no further step. The list has not changed: please open the page again
plan-refused-gap-not-handed-out = This gap of “{ $place }” was not handed out yet (still lacking: { $lacking }) and cannot be chased. The list has not changed: please hand it out first
plan-refused-gap-still-there = “{ $place }” still lacks { $lacking } and cannot be crossed off. The list has not changed: please cross it off once it is really there
