"""The wall display: what waits and what is open, readable from six metres, without anything personal."""
