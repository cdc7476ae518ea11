# The register
register-refused-town-code = The town code { $code } is not right: it has nine digits
register-refused-code-taken = This code is registered already, please choose another
register-refused-name-empty = Enter the name
register-refused-planned = Planned households lie between 0 and { $most }
register-refused-planned-undated = Enter the date of the decision with the planned households
register-refused-mode-twice = This governance mode is in force already ({ $mode })
register-refused-mode-not-in-force = This governance mode is not in force and cannot end
register-refused-decided-already = This was decided already, please open the page again
register-refused-number-taken = This number is registered already, please check it
register-refused-household-empty = A household has at least one person
register-refused-ends-before-it-begins = The end lies before the beginning, please check the dates
register-refused-ended-already = This household ended already, please open the page again
register-refused-end-twice = It is registered already as ended on { $day } and cannot end again, please check the day
register-refused-end-households = On { $day } { $count ->
    [one] { $count } household still lives
   *[other] { $count } households still live
} there, so it cannot end: register that they move out first
register-refused-end-later-dwellings = A flat or room of it begins on { $day } or later, so it cannot end then, please check the day
register-refused-end-remits = On { $day } this organisation still has { $count ->
    [one] { $count } remit
   *[other] { $count } remits
}, so it cannot end: end them first
register-refused-end-modes = On { $day } this organisation is still in charge of { $count ->
    [one] { $count } governance mode
   *[other] { $count } governance modes
}, so it cannot end: end them or name another first
register-refused-end-leases = { $count ->
    [one] { $count } lease of this organisation begins
   *[other] { $count } leases of this organisation begin
} on { $day } or later, so it cannot end then, please check the day
register-refused-end-communities = On { $day } { $count ->
    [one] { $count } community is
   *[other] { $count } communities are
} still in this grid, so it cannot end: put them into another grid first
register-refused-end-stations = On { $day } { $count ->
    [one] { $count } station or set of premises is
   *[other] { $count } stations or premises are
} still in this grid, so it cannot end: close them first
register-refused-after-end = { $count ->
    [one] { $count } thing begins
   *[other] { $count } things begin
} after the end of the building, flat or grid that it stands on, please check the first day
register-refused-organisation-ended = This organisation ended on { $day }: check the day or choose another

register-kind-affordable-rental = Affordable rental
register-kind-market-rental = Market rental
register-kind-quasi-residential = Quasi-residential (LOFT)
register-kind-other = Other

# The list
register-room = Register
register-room-public = Communities
register-lead = A file for each community: where it is, how large, who runs it and how. It can be read as of any day.
register-find = Find your community
register-find-hint = Type a name, its pinyin, a code or an address to see who serves your community and when somebody is there next.
register-words = Name, pinyin, code, address
register-count = { $count ->
    [one] { $count } community
   *[other] { $count } communities
}
register-none = No community fits. Please try another word or fewer conditions.
register-all = See all communities
register-next = Next page
register-before = End of last month
register-entered = Entered this month
register-left = Left this month
register-now = { $day }
register-why = Which entered, which left, and why
register-mode = Governance mode
register-located = On the map
register-located-yes = placed
register-located-no = not placed
register-name = Name
register-code = Code
register-planned = Planned households
register-dwellings = Dwellings
register-households = Households
register-residents = Residents

# A community
register-planned-of = { $count ->
    [one] planned for { $count } household
   *[other] planned for { $count } households
}
register-opened = open since { $day }
register-decided = decided on { $day }
register-prescription = What the handbook prescribes, and why
register-sheet = One-page sheet
register-sheet-hint = This page prints on one sheet of A4.
register-who = Who serves me
register-at = Point:
register-not-open = not open yet
register-nobody = No social work station serves this community yet
register-nobody-hint = Please turn to the town. Once a station is settled, its place, telephone and hours stand here.
register-next-staffed = Somebody is there next
register-come = At { $place }, without an appointment.
register-no-rota = There is no rota yet. Please telephone first.
register-week = Hours of the week
register-morning = Morning
register-afternoon = Afternoon
register-evening = Evening
register-someone = staffed
register-open-only = open
register-closed = closed
register-weekday-1 = Monday
register-weekday-2 = Tuesday
register-weekday-3 = Wednesday
register-weekday-4 = Thursday
register-weekday-5 = Friday
register-weekday-6 = Saturday
register-weekday-7 = Sunday
register-day-1 = Mon
register-day-2 = Tue
register-day-3 = Wed
register-day-4 = Thu
register-day-5 = Fri
register-day-6 = Sat
register-day-7 = Sun
register-reached = How far service reaches
register-modes = Governance modes
register-modes-none = No governance mode has been settled yet
register-modes-change = Change governance modes
register-modes-history = Now and before
register-since = onwards
register-mode-incorporated = Within an existing residents’ committee
register-mode-own-committee = Its own residents’ committee
register-mode-preparatory-group = A preparatory group for its own committee
register-mode-custodial = In the care of the neighbouring committee
register-mode-station = Served by a social work station
register-mode-begin = Begin a governance mode
register-mode-end = End it today
register-mode-save = Register
register-document = Document number
register-from = From which day
register-refused-date = The date is not one; please write it like 2026-01-31.
register-organisations = Organisations
register-remit-operator = Rental operator
register-remit-property = Property manager
register-remit-mall = Mall manager
register-remit-neighbour = Neighbouring committee
register-remit-party = Party organisation
register-check-fails = check character fails, please verify
register-right = Property rights
register-right-single = a single owner
register-right-several = several owners
register-address = Address
register-buildings = { $count ->
    [one] { $count } building
   *[other] { $count } buildings
}
register-building = Buildings
register-floors = Floors
register-units = Flats
register-rooms = Rooms let singly

# Changing the record
register-edit = Change the record
register-edit-lead = What you write holds from the day you choose; earlier days are still read as they were.
register-edit-from = From which day it is so
register-edit-from-hint = What stands here holds since { $day }. Choose that day to correct it.
register-edit-replacing = Also discard the versions that are registered from: { $days }
register-edit-replacing-hint = Unless you tick this, what is registered from those days on stays, and the record cannot be written anew from an earlier day.
register-edit-save = Save the record
register-name-en = English name
register-optional = may be left empty
register-choose = Please choose
register-label = Label, such as 人才公寓
register-grid = Integrated grid
register-grid-none = Not in a grid yet
register-position = Position
register-position-hint = Decimal degrees, such as 31.1126 and 121.3812; or click it on the map. Coordinates taken from a Chinese map product are GCJ-02 and are converted when saved.
register-latitude = Latitude
register-longitude = Longitude
register-system = Coordinate system
register-system-gcj = GCJ-02 (Chinese map products)
register-opened-on = First day people could move in
register-planned-hint = As decided, together with the day of the decision.
register-planned-on = Day of that decision
register-not-now = Not now
register-refused-choice = Please choose one from the list
register-refused-grid-elsewhere = This grid does not lie in the chosen town; please choose again
register-refused-degrees = Please write decimal degrees, such as 31.1126
register-refused-exchanged = Latitude and longitude seem to be exchanged; please swap them
register-refused-outside = This position does not lie in China; please check it
register-refused-before-entry = The community was not in the list on that day; please choose a later one
register-refused-changed-since = Someone has changed this record since you opened it. What you typed is kept; look at the record in another window, and save again if it still holds
register-refused-later-versions = This record has versions for later days (from: { $days }). Tick the box to put this in their place; to keep them, choose a day after them or wait until they hold
register-refused-without-reason = Please say why
register-refused-reason-long = Please say why in at most { $most } characters
register-refused-source-taken = Another community has this number in that system
register-refused-proposed-already = A proposal for this community is waiting for the district already
register-refused-not-there = The community is not in the list on { $day }: choose a day after it entered
register-refused-left-already = The community leaves the list on { $day } already

# Placing on the map
register-place = Place on the map
register-place-lead = Click the square it lies in and the map comes closer; go on until the place is right, then choose “Place it here”.
register-place-closest = A square is no larger than a house now. When the place is right, choose “Place it here”.
register-place-here = Place it here
register-place-again = Start again
register-place-map = Map to place the community
register-place-width = The map is { $metres } m wide
register-place-cell = Row { $row }, column { $column }
register-place-now = { $name }: where it is now
register-place-chosen = { $name }: the place chosen
register-place-key-others = Other communities
register-place-key-now = Where it is now
register-place-key-chosen = The place chosen
register-place-near = Communities nearby
register-place-typed = If you know its coordinates, type them:
register-metres = { $count } m

# Into and out of the list
register-proposals = Into and out of the list
register-proposals-lead = A town proposes, the district confirms. Each change has its reason, so that the number of communities in the { register-room } can always be explained.
register-proposals-open = { $count ->
    [one] { $count } waits for the district
   *[other] { $count } wait for the district
}
register-proposals-none = No proposal is waiting.
register-proposals-decided = Decided
register-proposals-none-decided = Nothing has been decided yet.
register-propose = Propose a new community
register-propose-lead = Once the district has confirmed it, it is in the list from the day you name. Its code is counted up within the town.
register-propose-from = In the list from which day
register-propose-send = Send to the district
register-leave = Propose that it leaves
register-leave-lead = { $count ->
    [one] Once the district has confirmed it, the community is not in the list from that day on, and its { $count } household is not counted any more. Earlier days can still be read.
   *[other] Once the district has confirmed it, the community is not in the list from that day on, and its { $count } households are not counted any more. Earlier days can still be read.
}
register-leave-on = Out of the list from which day
register-leave-send = Send to the district
register-reason = Reason
register-change = Proposal
register-change-enter = Into the list
register-change-leave = Out of the list
register-effective = from { $day }
register-effective-on = From
register-proposed = proposed by { $by } on { $at }
register-decision = Decision
register-file-open = Waiting
register-file-proposed-by = Proposed by
register-file-proposed-on = Proposed on
register-file-decided-by = Decided by
register-file-decided-on = Decided on
register-confirm = Confirm
register-refuse = Refuse
register-confirmed = Confirmed
register-refused = Refused
register-committee = Committee in charge
register-committee-none = Not named
