# The city: what its districts have published, added up
city-title = { $city }: how far households are served in each district
city-counted = Of { $all } districts, the figures of { $counted } are in the sums.
city-missing = Not answering: { $names }.
city-missing-what = Their figures are not in the sums. Open this page again later: they count as soon as they are back.
city-table = Households of each district, step by step
city-district = District
city-away = does not answer just now, not in the sums
city-unpublished = not published yet, not in the sums
city-sum = Together
city-effective = Of the households that are counted, { $share } are served in fact.
city-foot = Each district counts its own figures and decides whether they are public; they are in households, of the day in the table.
city-simulated = The figures of districts marked as simulated are simulated, and so the sums hold simulated figures.
