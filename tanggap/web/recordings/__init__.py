"""Recordings of calls: played in the browser by those who may, each play audited."""
