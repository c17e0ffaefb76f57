"""Who works when: everybody's own shifts, and the roster that supervisor and coordinator keep."""
