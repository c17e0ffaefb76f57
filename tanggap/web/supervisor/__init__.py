"""The supervisor's pages: all that is live, and the acts that put it right."""
