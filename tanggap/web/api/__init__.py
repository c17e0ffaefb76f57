"""The machine's door: JSON over HTTP for other systems, and for the scripts of our own pages."""
