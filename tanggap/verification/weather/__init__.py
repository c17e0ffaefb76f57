"""What a weather service warns of, as evidence for what callers tell: off until a city names a feed, never against anybody."""
