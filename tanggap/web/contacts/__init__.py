"""At which addresses agencies are told: entered by the coordinator or the administrator."""
