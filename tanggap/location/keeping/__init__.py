"""The gazetteer of each process: read from its rows, kept current, its index on disk so that a start need not build it."""
