# Accounts, roles, signing in
people-role-anyone = Visitor
people-role-district-officer = District officer
people-role-town-officer = Town officer
people-role-grid-leader = Grid leader
people-role-community-worker = Community worker
people-role-operator = Operator
people-role-program = Program
people-enter-title = Sign in
people-login = Login
people-password = Password
people-enter = Sign in
people-enter-help = If you have no account or forgot your password, ask your system administrator.
people-enter-demonstration = This is a demonstration: no account is needed.
people-enter-choose = Choose a role on the first page
people-leave-title = Sign out
people-leave-who = You are here as { $role }.
people-leave-hint = On a shared computer, please sign out before you go. Half an hour without a click signs you out as well.
people-leave = Sign out
people-missing-login = Enter your login
people-missing-password = Enter your password
people-refused-credentials = Login or password is not right, please check both
people-refused-login = A login cannot be empty and has at most 254 characters
people-refused-login-taken = The login { $login } is taken, please choose another
people-refused-no-demonstration = This is no demonstration. Please sign in with your login and password.
people-refused-no-such-entry = The demonstration has nobody in this role. Go back to the first page and choose another.

kit-refused-key-used = This form was sent before with other contents. Open the page again and send it from there.
