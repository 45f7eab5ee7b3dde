"""A small Letterboxd and TMDB of our own on loopback, for `marquee demo` and for the tests.

Titles, years, directors and running times are plain facts; ids, plots, casts, offers and members are made up.
"""
