"""The crew's phone: what to do now, and one big step."""
