# About, accessibility, personal information
about-title = About Lilong
about-what = What this is
about-what-1 = Lilong is a program for governing new-type residential communities. It keeps the register of a district’s communities, households, stations and points, says what each community should have by the handbook and why, and works out where stations are best placed.
about-what-2 = It does not ask whether there is a station, but whether every household is really served. Every figure says as of which day it holds and where it comes from.
about-sources = Where the contents come from
about-sources-1 = The clauses of the handbook were compiled from public reports. They are not an official text.
about-sources-2 = Town outlines are made by the program around approximate centres. They are no survey and show no administrative boundary.
about-free = Free to use
about-free-1 = Lilong is open-source software under the Apache-2.0 licence. Any district can install, inspect and change it.

about-access-title = Accessibility
about-access-aim = Our aim
about-access-aim-1 = Every page is made to WCAG 2.2 level AA: it works with the keyboard alone and with screen readers, and colour is never the only sign.
about-access-aim-2 = Every map has a list with the same contents beside it, every chart a table under it.
about-access-how = How you can use it
about-access-how-1 = “Care version” at the top of each page makes text and buttons larger, raises the contrast and puts everything into one column. Your choice is remembered for a year.
about-access-how-2 = Move from item to item with the Tab key. The first link of each page is “Skip to content”.
about-access-how-3 = Nothing needs JavaScript. You can enlarge pages in the browser to 400% without losing anything.
about-access-help = If something is still difficult
about-access-help-1 = If a page does not work for you, tell the station of your community. Staff can do it for you, and will pass the problem on to us.

about-privacy-title = Personal information
about-privacy-who = Who is responsible
about-privacy-who-1 = This system is used and run by the department of the district that is in charge of new-type residential communities.
about-privacy-where = How information is kept
about-privacy-where-1 = Names, telephones and identity numbers are encrypted and kept apart; all other records point to a person by a pseudonym only. Pages show “张*” or “138****5678” unless more is needed.
about-privacy-where-2 = When staff need to see more for their work, the system first records who saw which item and when, and then shows it.
about-privacy-cookies = Cookies
about-privacy-cookies-1 = We use three cookies only: your session, your language, and whether you use the care version. There are no statistics, no advertising, and nothing is loaded from third parties.
about-privacy-rights = Your rights
about-privacy-rights-1 = You may ask to see, correct or erase what is held about you, and who has looked at it. Please turn to the station of your community.
