# Stations
stations-refused-hosts = { $station } has a host point already, and a station has only one
stations-refused-opens-before-planned = { $station } would open before it was planned, or its station is closed: please check the date
stations-refused-open-already = It is open already, please open the page again
stations-refused-closes-before-opened = It would close before it opened: please check the date
stations-refused-closed-already = It is closed already, please open the page again
stations-refused-rota = The hours are not right: they end after they begin, on the same day
