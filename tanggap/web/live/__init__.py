"""The live feed of the city, as server-sent events."""
