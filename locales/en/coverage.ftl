# Effective coverage
coverage-room = Effective coverage
coverage-lead = Not “is there a station”, but “is every household really served”.
coverage-as-of = As of
coverage-kind = Kind of community
coverage-town = Town
coverage-grid = Integrated grid
coverage-no-grid = In no grid
coverage-all = All
coverage-look = Show
coverage-whole = Total
coverage-comma = {", "}
coverage-of = {", "}

coverage-nominal = Nominal coverage
coverage-effective = Effective coverage
coverage-nominal-short = nominal
coverage-effective-short = effective
coverage-households = { $count ->
    [one] { $count } household
   *[other] { $count } households
}
coverage-gap = Between the two lie { $count } households; { $unknown } of them were contacted and answered, and have only not said within the year whether they are satisfied.

coverage-cascade = How many households are left at each step
coverage-of-day = as of { $day }
coverage-of-communities = { $count ->
    [one] { $count } community
   *[other] { $count } communities
}
coverage-step = Step
coverage-chart = Chart
coverage-unit = Households
coverage-share = Of the target
coverage-less = Fewer than before
coverage-most = Loses most
coverage-key-reached = reached this step
coverage-key-lost = stopped before this step
coverage-key-unknown = said nothing within the year
coverage-key-effective = households for which every step holds
coverage-key-served = communities with someone there
coverage-key-not-yet = still at an earlier step

coverage-step-target = Target
coverage-step-assigned = Assigned
coverage-step-available = Available
coverage-step-accessible = Accessible
coverage-step-staffed = Staffed
coverage-step-contacted = Contacted
coverage-step-responded = Responded
coverage-step-satisfied = Satisfied
coverage-what-target = households that live in registered communities
coverage-what-assigned = governed in the way the handbook prescribes
coverage-what-available = a point whose door is open as long as the handbook asks
coverage-what-accessible = within the handbook’s walking distance
coverage-what-staffed = someone is really on duty in the open hours
coverage-what-contacted = met or spoken to as often as the handbook asks
coverage-what-responded = no request left open beyond its day
coverage-what-satisfied = said so themselves within the year

coverage-lost-at = Communities with households that stop before “{ $step }”
coverage-lost-sum = { $communities } communities, { $households } households
coverage-lost-none = No household of this part stops before this step.
coverage-list = Communities
coverage-community = Community
coverage-reached = Last step reached

coverage-todo = What to do first
coverage-todo-hint = by the households that could be won back
coverage-todo-assigned = { $count ->
    [one] { $place }: { $count } community is not governed as the handbook prescribes; have the town settle it
   *[other] { $place }: { $count } communities are not governed as the handbook prescribes; have the town settle it
}
coverage-todo-available = { $count ->
    [one] { $place }: { $count } community has no point, or one that is open too short; open a point or add hours
   *[other] { $place }: { $count } communities have no point, or one that is open too short; open a point or add hours
}
coverage-todo-accessible = { $count ->
    [one] { $place }: { $count } community has too far to walk; borrow a room nearby
   *[other] { $place }: { $count } communities have too far to walk; borrow a room nearby
}
coverage-todo-staffed = { $count ->
    [one] { $place }: { $count } community has an open door and nobody there; fill posts and the rota
   *[other] { $place }: { $count } communities have an open door and nobody there; fill posts and the rota
}
coverage-todo-contacted = { $count ->
    [one] { $place }: in one community not every household was contacted as the handbook asks; plan visits
   *[other] { $place }: in { $count } communities not every household was contacted as the handbook asks; plan visits
}
coverage-todo-responded = { $count ->
    [one] { $place }: in one community there are requests past their day; urge them on
   *[other] { $place }: in { $count } communities there are requests past their day; urge them on
}
coverage-todo-satisfied = { $count ->
    [one] { $place }: in one community not every household has said that it is satisfied; call back and listen
   *[other] { $place }: in { $count } communities not every household has said that it is satisfied; call back and listen
}
coverage-plus = { $count ->
    [one] +{ $count } household
   *[other] +{ $count } households
}
coverage-plus-hint = at most

coverage-towns = { $count } towns
coverage-map = Map of effective coverage by town; the figures stand in the table beside it
coverage-map-town = Map of the town’s communities; the same contents stand in the table beside it
coverage-map-key = Effective coverage
coverage-map-same = the map and the list hold the same
coverage-town-list = List of towns
coverage-side-table = Table of towns
coverage-lost-list = Communities with households that stop here
coverage-side = Towns side by side
coverage-grids-side = Grids side by side
coverage-grids-table = Grids side by side, as a table
coverage-side-hint = the eight columns are target, assigned, available, accessible, staffed, contacted, responded, satisfied
coverage-communities = Communities
coverage-five = Eight steps
coverage-effective-households = Effectively covered households
coverage-lost-there = Lost there
coverage-communities-of = { $count ->
    [one] { $count } community
   *[other] { $count } communities
}

coverage-functions = The six functions of stations
coverage-functions-days = the last { $days } days
coverage-functions-hint = Each is computed from the record of the work; nobody ticks a box. Fewer than ten are told as a count, without a percentage.
coverage-function = Function
coverage-function-count = Done / to be done
coverage-function-share = Share
coverage-function-of = { $of } / { $all }
coverage-function-none = not yet measured
coverage-function-resources = ① Links public-service resources
coverage-function-resources-what = of the referrals that households agreed to, those where the person has been there
coverage-function-urging = ② Urges the operator to do better
coverage-function-urging-what = of the requests that the operator let pass their day, those answered since
coverage-function-forces = ③ Brings local forces together
coverage-function-forces-what = waits for the work of social organisations and volunteers to be recorded here
coverage-function-visits = ④ Visits and listens
coverage-function-visits-what = of the households to be served, those contacted as often as the handbook asks
coverage-function-compact = ⑤ Helps residents agree a compact
coverage-function-compact-what = waits for signatures of compacts to be recorded here
coverage-function-incubation = ⑥ Incubates community organisations
coverage-function-incubation-what = waits for the growth of community organisations to be recorded here

coverage-year = The year
coverage-year-title = Twelve months: nominal coverage now { $nominal }, effective coverage now { $served }
coverage-year-figures = See the figures
coverage-day = Day

coverage-public = Which figures are public
coverage-public-hint = Whether a figure is public is decided by a named person, with a date and a reason.
coverage-public-yes = public
coverage-public-no = not public
coverage-public-since = since { $day }
coverage-public-change = Decide anew
coverage-public-figure = Figure
coverage-public-decision = Decision
coverage-public-reason = Reason
coverage-public-decide = Decide
coverage-figure-district-cascade = the district, step by step
coverage-figure-towns = the towns side by side
coverage-figure-communities = how far each community is reached
coverage-how = A household counts at a step only if every earlier step holds. Walking distance is the straight line times 1.3 (an assumption). Open and staffed hours come from the weekly rota; two people at one time count once. Only meeting or speaking counts as contact; a neighbour’s word is not the household’s; a word counts for a year, and the last one counts.

coverage-csv-code = Code
coverage-csv-name = Name
coverage-csv-town = Town
coverage-csv-kind = Kind
coverage-csv-households = Households
coverage-csv-residents = Residents (persons)
coverage-csv-reached = Last step reached
coverage-csv-grid = Integrated grid
coverage-csv-contacted = Contacted (households)
coverage-csv-responded = Responded (households)
coverage-csv-satisfied = Satisfied (households)
coverage-csv-unknown = Said nothing (households)

coverage-too-few = too few households to be public
coverage-beside = Another { $count } households were contacted and answered although an earlier step is missing; they are not in the count.

coverage-refused-without-reason = Please say why the figure is public or not.
