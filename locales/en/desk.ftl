# The desk
desk-due = To be done
desk-due-hint = most urgent first
desk-late = overdue
desk-visits-today = { $count ->
    [one] One door of your round is left today
   *[other] { $count } doors of your round are left today
}
desk-why-visits-today = on your round of today, and nobody knocked yet
desk-visits-waiting = { $count ->
    [one] One visit waits to be decided on
   *[other] { $count } visits wait to be decided on
}
desk-why-visits-waiting = things had changed when they came in, so they were not recorded at once
desk-gaps-overdue = { $count ->
    [one] { $count } gap is past its day
   *[other] { $count } gaps are past their day
}
desk-why-overdue = The day agreed on has passed and they are still open.
desk-proposals = { $count ->
    [one] { $count } change of the list waits for you
   *[other] { $count } changes of the list wait for you
}
desk-why-proposals = Sent by towns; the list and its number change once you confirm.
desk-forms = { $count ->
    [one] { $count } community waits for your decision on its station
   *[other] { $count } communities wait for your decision on their station
}
desk-why-forms = The handbook leaves it to a named person, with a reason.
desk-gaps-handed-out = { $count ->
    [one] { $count } gap was handed to you
   *[other] { $count } gaps were handed to you
}
desk-why-handed-out = Close them before their day, and cross them off.
desk-gaps-listed = { $count ->
    [one] { $count } gap has nobody yet
   *[other] { $count } gaps have nobody yet
}
desk-why-listed = On the list, and not handed out.
desk-gaps-there = { $count ->
    [one] { $count } gap can be crossed off
   *[other] { $count } gaps can be crossed off
}
desk-why-there = The station, the room or the people are there.
desk-unlocated = { $count ->
    [one] { $count } community is not on the map
   *[other] { $count } communities are not on the map
}
desk-why-unlocated = Without a place nobody knows who can walk there.
desk-more = and { $count } more
desk-points = Where somebody is today
desk-shut = Not open today
desk-nobody = nobody on the rota
desk-communities = { $count ->
    [one] Your community
   *[other] Your { $count } communities
}
desk-not-yours = not among what you may see
desk-nothing = Nothing to be done today
desk-nothing-hint = What waits for you to confirm, hand out or cross off will stand here, most urgent first.
desk-referrals-overdue = { $count ->
    [one] One referral is overdue
   *[other] { $count } referrals are overdue
}
desk-why-referrals = Somebody waits for an answer: ask the service or the person, and record it.
desk-elsewhere = Other work
desk-keys = By keyboard: Tab to the first line, then ↑ ↓ from line to line, Home and End to the first and last, Enter opens.
desk-load = How work lies upon stations
desk-load-lead = Households to be called on within { $days } days, matters and referrals that run, by station. Of stations, not of persons.
desk-load-stations = Stations
desk-load-choose = Choose a town
desk-load-choose-hint = Please choose a town first: work is levelled within one.
desk-load-none = No station is open here.
desk-load-posts = Held / posts
desk-load-doors = To be visited
desk-load-each = Each post
desk-load-nobody = nobody in post
desk-load-running = Matters running
desk-load-overdue = Overdue
desk-load-referrals = Referrals open
desk-load-level = What would level it
desk-load-level-hint = Where a post has over a tenth more than the mean. With these doors walked by the station that has more room, each post has about as much; whether they are is for town and grid to agree.
desk-load-even = No post has over a tenth more than the mean: nothing needs to be moved.
desk-load-lend = { $from } → { $to }: { $doors ->
    [one] one door
   *[other] { $doors } doors
}
