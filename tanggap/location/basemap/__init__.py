"""The base map: vector tiles (PMTiles) made of what the city has, or brought by the city."""
