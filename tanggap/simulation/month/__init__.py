"""A month of a city's 112 that never was: who calls, what becomes of it, and a recount that trusts no figure."""
