"""What call takers teach the gazetteer: proposals from confirmed reports, and what a coordinator makes of them."""
