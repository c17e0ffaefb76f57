"""Recordings: from rtpengine's capture to a sealed file that only some may hear, and to its proven end."""
