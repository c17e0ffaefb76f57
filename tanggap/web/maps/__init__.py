"""The base map of the city for every map in the browser."""
