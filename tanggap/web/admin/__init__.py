"""The administrator's pages: people, sessions, tokens, and the catalogue and the machine to look at."""
