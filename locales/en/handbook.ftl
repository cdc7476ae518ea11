# The handbook
handbook-refused-decision-without-reason = Give the reason for this decision
handbook-refused-decision-form = Choose a station of its own or a joint one
handbook-refused-decision-replaces = Decisions are registered for that day or later (from: { $days }). Tick the box to put this in their place; to keep them, choose a day after them
handbook-refused-decision-past = { $day } is past, and pages of the days since then would change. Tick the box if it holds from then on; otherwise choose today or a later day
handbook-refused-file = This handbook cannot be used: { $fault }
handbook-refused-later-version = A version is in force from { $from } or later: choose a later date
handbook-refused-version-taken = The version { $version } exists already, please choose another number
handbook-refused-adopted-already = Version { $version } was adopted and cannot be changed
handbook-refused-version = Give the version a number of 1 to { $length } characters
handbook-refused-past = A version can take effect today ({ $today }) or later
handbook-refused-decision-unasked = The handbook settles this community’s form of station: no decision is needed
handbook-refused-number = This number cannot be used: go back to the trial and change it

handbook-room = Handbook
handbook-title = Handbook
handbook-way = Where you are
handbook-nothing = No version of the handbook has been adopted yet. Once one is, its clauses can be read here.

# Clause by clause
handbook-version = Version
handbook-now = (in force)
handbook-read-version = Read this version
handbook-from = In force from { $day }
handbook-to = until { $day }
handbook-above = The document above it: { $title }
handbook-honest = The clauses were compiled from public reports, and each names its source. No published text was found for the { $count } clauses marked “assumption”: they were set so that figures can be computed, and the official document prevails.
handbook-contents = Contents
handbook-general = General
handbook-assumption = assumption
handbook-source = Source: { $source }
handbook-when = When
handbook-then = Then

# Versions
handbook-current = Version { $version } is in force
handbook-versions = Versions
handbook-state = State
handbook-state-now = In force
handbook-state-coming = Adopted, not yet in force
handbook-state-past = No longer in force
handbook-state-draft = Draft
handbook-term = In force
handbook-made = Drafted
handbook-adopted = Adopted
handbook-not-adopted = Not adopted
handbook-based-on = Based on { $version }
handbook-made-by = Drafted by { $who } on { $day }
handbook-adopted-by = Adopted by { $who } on { $day }
handbook-as-of = As of { $day }
handbook-clauses-of = The clauses of version { $version }
handbook-public-page = As the public sees them
handbook-version-title = Handbook, version { $version }

# Comparing
handbook-compare = Compare
handbook-compare-do = Compare two versions
handbook-compare-a = Earlier version
handbook-compare-b = Later version
handbook-compare-title = Version { $before } and version { $after } compared
handbook-compare-key = How to read it:
handbook-compare-gone = words that are gone
handbook-compare-new = words that are new
handbook-compare-with-before = Compare with the one before
handbook-gone = Gone:{" "}
handbook-new = New:{" "}
handbook-differences = What differs
handbook-differences-to = What differs from version { $version }
handbook-difficulty-differs = Weights, scales or bands of difficulty differ.
handbook-no-difference = The two versions do not differ.

# Changing a number
handbook-numbers = Change a number and see what it moves
handbook-numbers-more = Change another number of this draft
handbook-number = Number
handbook-number-now = Now { $value }; may be { $least } to { $most }
handbook-number-try = Change to
handbook-number-new = { $name }: change to
handbook-number-wrong = Give a whole number, such as 800
handbook-number-range = “{ $name }” must lie between { $least } and { $most }
handbook-try = See what it moves
handbook-try-draft = See what this draft moves
handbook-plan-draft = Compute a station plan under draft { $version }
handbook-try-hint = This is a trial: it lists the communities, stations, people and costs that would change. The address can be passed on, and nothing is written before it is saved as a draft.
handbook-effect = Trial
handbook-effect-of-draft = What draft { $version } moves
handbook-effect-against = Against version { $version }, in force
handbook-effect-unsaved = A trial, nothing is written
handbook-effect-all = What it moves over the district
handbook-effect-lead = Of { $looked } communities in the district, { $changed } change; { $stations } stations are new, end, or have other numbers of people.
handbook-effect-left-out = { $count ->
    [one] One more community would wait for a named person to decide on its form of station.
   *[other] { $count } more communities would wait for a named person to decide on their form of station.
} Until then their stations, people and costs are not counted: what falls away is not saved.
handbook-effect-counts = Of { $looked } communities in the district, { $changed } change.
handbook-effect-prices = A worker costs { $worker } a year, and a station has at least { $least }; fitting out a new station adds { $setup } a year, spread over { $years } years. These are the prices of the station plan, and assumptions. Where points lie, their rent and the walk to them are for the station plan to compute.
handbook-effect-towns = Town by town
handbook-effect-communities = Which communities change, and why
handbook-effect-stations = Which stations change
handbook-effect-texts = How the clauses change
handbook-effect-none = With this number, nothing changes for any community.
handbook-unchanged = unchanged
handbook-fig-standalone = Communities with a station of their own
handbook-fig-joint = Communities that share a station
handbook-fig-without = Communities undecided or without a station
handbook-fig-stations = Stations
handbook-fig-workers = People at stations
handbook-fig-cost-workers = Cost of people, a year
handbook-fig-cost-setup = Fitting out new stations, a year’s share
handbook-fig-cost-moves = Clearing out stations that end, a year’s share
handbook-fig-cost = Together, a year
handbook-town = Town
handbook-all-towns = All towns
handbook-narrow = Show these
handbook-communities-changed = Communities that change
handbook-cost-change = Change of cost a year
handbook-count = { $count ->
    [one] One community
   *[other] { $count } communities
}
handbook-count-stations = { $count ->
    [one] One station
   *[other] { $count } stations
}
handbook-capacity = planned capacity { $count } households
handbook-no-capacity = planned capacity not yet decided
handbook-community-about = { $kind }, { $capacity }
handbook-because = Clause { $clause }: { $here }
handbook-pages = Pages
handbook-page-of = Page { $page } of { $pages }
handbook-station = Station
handbook-station-own = a community’s own
handbook-station-joint = shared in a grid
handbook-station-becomes = What becomes of it
handbook-file-what = What changes
handbook-file-before = Before
handbook-file-after = After
handbook-file-because = Because (clause: what it says of this community)
handbook-file-form = Form of station
handbook-file-communities-before = Communities served before
handbook-file-communities-after = Communities served after
handbook-file-stations-before = Stations before
handbook-file-stations-after = Stations after
handbook-file-workers-before = Workers before
handbook-file-workers-after = Workers after
handbook-station-new = New
handbook-station-gone = Ends
handbook-station-stays = Stays
handbook-communities-served = Communities served
handbook-save = Save as a draft
handbook-save-hint = A draft binds nobody until it is adopted. Once saved, everyone at work who may read the handbook can see it.
handbook-save-version = Number of the draft
handbook-save-do = Save the draft

# Adopting
handbook-adopt = Adopt this draft
handbook-draft-hint = This is a draft and binds nobody yet. Once adopted it is in force from the day you choose, and the version before it ends the day before.
handbook-adopt-from = In force from
handbook-adopt-next = Next: check
handbook-day-wrong = Give a date, such as 2026-03-01
handbook-adopt-title = Adopt version { $version } from { $day }
handbook-adopt-ends = Version { $version } ends on { $day }.
handbook-adopt-first = No version is in force before that day.
handbook-adopt-what = From that day on, what each community needs and effective coverage follow the new version; the days before keep theirs. The station plan and the gap list change once a plan under the new version is adopted. It cannot be taken back, only followed by another version.
handbook-adopt-do = Adopt
handbook-adopt-not = Not now

# The district's community workers
handbook-workers = Community workers in the whole district
handbook-workers-needed = Asked for
handbook-workers-in-post = In post at stations
handbook-workers-of = { $rate } for 10,000 residents; { $residents } residents
handbook-workers-posts = { $posts } posts
handbook-workers-hint = This is a total of the whole district, committee workers included (an assumption). It is not divided among stations and not added to their people.
handbook-people = people

# A community
handbook-prescription = What the handbook asks
handbook-asks-title = What the handbook asks of { $community }
handbook-by-version = By handbook { $version }
handbook-conclusions = Conclusions
handbook-clause = Clause { $id }
handbook-missing = Data missing
handbook-modes-now = Governance mode today
handbook-modes-none = none on record
handbook-why = Why: clause by clause
handbook-why-counts = { $relevant } clauses concern it, { $applied } apply
handbook-all-clauses = All { $count } clauses
handbook-applies = Applies
handbook-applies-not = Does not
handbook-here = Here
handbook-so = So
handbook-difficulty = Difficulty { $words }
handbook-difficulty-bounds = Low: up to { $low }; medium: up to { $medium }; high: above { $medium }
handbook-difficulty-rescaled = A factor without data is not guessed: the others take over its weight in proportion. That is why “weight used” is larger than “weight”, and still adds up to 100%. The factors with data weigh { $weight }% together.
handbook-factors = Factors of difficulty
handbook-factor = Factor
handbook-factor-data = Data
handbook-factor-bar = Bar
handbook-factor-weight = Weight
handbook-factor-used = Weight used
handbook-factor-score = Score
handbook-factor-counted = Counts
handbook-no-data = No data
handbook-no-data-hint = left out, not guessed
handbook-derived = derived from the register
handbook-origin-entered = { $source }, from { $from }
handbook-origin-density = { $residents } residents of the register ÷ { $dwellings } dwellings
handbook-origin-turnover = in the twelve months after { $since }, tenancies that began: { $began }, that ended: { $ended }; half of their sum ÷ { $households } households ÷ 12 months
handbook-enter = Figures for difficulty
handbook-enter-hint = Density and turnover are derived from the register where none was entered; fee collection, open disputes and the distance to services can only be entered. What was entered goes first; a factor without data is left out, not guessed.
handbook-enter-open = Enter a figure
handbook-figure = Figure
handbook-figure-source = Source
handbook-figure-source-hint = For example the property manager's ledger, mediation records, a walk on site, with its number or date; no personal data.
handbook-figure-since = From this day
handbook-enter-do = Enter it
handbook-enter-end = Not known any longer from this day
handbook-unit-density = residents a room, up to two decimals
handbook-unit-turnover = new tenancies a month, %, up to one decimal
handbook-unit-fee-collection = collected, %, up to one decimal
handbook-unit-disputes = open disputes
handbook-unit-distance = metres on foot
handbook-refused-factor = Please choose a factor from the list
handbook-refused-figure = Please give the figure in the unit of this factor, such as 87.5; it cannot be negative, nor larger than makes sense
handbook-refused-source = Please say where the figure comes from, in at most { $length } characters
handbook-refused-since = A measured figure holds from a day that has come, today { $today } at the latest
handbook-refused-later-figure = This factor has a figure from { $day } on already. Please give { $day } or a later day, so that it is not overwritten
handbook-sum = Together
handbook-if = What if
handbook-decide = A named person decides on the form of station
handbook-decide-awaited = Decision awaited
handbook-decide-hint = The handbook does not settle the form of station for communities of this kind: a named person decides and gives the reason. The decision is kept with the account that made it, its day and its reason.
handbook-decided-by = Decided by { $who } on { $day }, from { $from }
handbook-decided-now = In force
handbook-decide-form = Your decision
handbook-decide-standalone = A station of its own
handbook-decide-joint = A point of the grid’s joint station
handbook-decide-reason = Reason
handbook-decide-reason-hint = Write about the community, and nobody’s name, telephone or identity number.
handbook-decide-from = From
handbook-decide-replacing = Also discard the decisions that are registered from: { $days }.
handbook-decide-past = It holds from { $day }, which is past; pages of the days since then change.
handbook-decide-replacing-hint = Unless you tick this, all of that stays and this decision is not recorded.
handbook-decide-now = Decide
handbook-decide-anew = Decide anew
handbook-decide-do = Record the decision
