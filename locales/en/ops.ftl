# What the server itself says, when there is no district to ask
ops-unknown-title = No district has this address
ops-unknown-do = The address may be mistyped. Please compare it with the one you were given, or ask whoever gave it to you.
ops-away-title = This district cannot be reached just now
ops-away-do = Other districts are not affected. Please try again in a minute or two; what you sent had no effect, and nothing that was there before has changed.
ops-many-title = Too many requests come from here
ops-many-do = One network sent too many requests in a short time. Please wait a moment and try again; you have lost nothing.
ops-ending-title = The system is starting anew
ops-ending-do = Please try again in a minute. This request was not acted on, and nothing that was there before has changed.
