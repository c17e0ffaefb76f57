"""Voice: the SIP edge in front, the queue that decides whose phone rings, and what is kept of each call."""
