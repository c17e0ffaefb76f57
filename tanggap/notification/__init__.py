"""Telling people who are not looking at a screen: who is told of what, one delivery for each recipient and channel."""
