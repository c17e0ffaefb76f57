"""`/statistik`: open data of the figures, for everybody."""
