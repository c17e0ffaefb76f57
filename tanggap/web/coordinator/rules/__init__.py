"""`/koordinator/aturan`: the rules, their draft, its trial, and the versions."""
