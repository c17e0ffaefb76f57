"""How far, and how long: travel between points, behind one interface."""
