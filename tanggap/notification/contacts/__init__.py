"""At which addresses people are told."""
