"""What confirmed reports teach the triage: gathered without what names anybody, learned aside, published by the coordinator."""
