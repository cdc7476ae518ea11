# The gap list
gaps-room = Gap list
gaps-title = Gap list
gaps-empty = No plan has been adopted yet, so there is no gap list. Once a scenario is adopted, the stations, rooms and people that each town still lacks stand here.
gaps-empty-do = Compute a scenario by the handbook in force, compare it and adopt it: the gaps are listed on the day it is adopted. Adopting a version of the handbook alone, without a plan, lists none.
gaps-other-version = This list follows a plan by handbook { $plan }, and handbook { $current } is in force. Compute a scenario by the handbook in force and adopt it: the list follows, and what was handed out stays handed out.
gaps-past = This is how things stood on { $day }; it can only be read. Of handing out and chasing only the last time is kept, and what was handed out, chased or crossed off after that day is not shown.
gaps-answer = Still lacking: stations { $stations }, points { $points }, rooms { $premises }, workers { $people }. Past their day: { $overdue }.
gaps-towns = What each town still lacks
gaps-kind = What lacks
gaps-kind-station = Station
gaps-kind-point = Point
gaps-kind-premises = Room
gaps-kind-people = Workers
gaps-standing = Standing
gaps-standing-listed = Not handed out
gaps-standing-handed-out = Handed out
gaps-standing-overdue = Overdue
gaps-standing-there = There, to be crossed off
gaps-standing-crossed-off = Crossed off
gaps-workers = { $residents } residents at { $rate } community workers for 10,000 make { $needed }; { $present } are in post, of { $posts } posts.
gaps-workers-hint = What is in post here are the posts of stations: the workers of residents’ committees are not on record, so the district has more than it says. The number needed is a total of the whole district (committee workers included, an assumption). It is not counted by station and not added to the workers lacking above.
gaps-list = List
gaps-found = { $count ->
    [one] One gap
   *[other] { $count } gaps
}
gaps-all = All
gaps-open-ones = Not crossed off
gaps-filter = Show
gaps-none-found = No gap is like this.
gaps-place = Place
gaps-of-station = Of { $station }
gaps-there-of = There / needed
gaps-file-station = Of the station
gaps-file-needed = Needed (places or people)
gaps-file-present = There (places or people)
gaps-file-handed-out-on = Handed out on
gaps-file-crossed-off-on = Crossed off on
gaps-due = Due
gaps-due-on = To be there by
gaps-note = What is asked for
gaps-chased = Times chased
gaps-hand-out = Hand out
gaps-chase = Chase
gaps-cross-off = Cross off
gaps-hint = All ticked gaps together; only what is really there can be crossed off.
gaps-pages = Pages
gaps-done-hand-out = { $count ->
    [one] One gap was handed out.
   *[other] { $count } gaps were handed out.
}
gaps-done-chase = { $count ->
    [one] One gap was chased.
   *[other] { $count } gaps were chased.
}
gaps-done-cross-off = { $count ->
    [one] One gap was crossed off.
   *[other] { $count } gaps were crossed off.
}
