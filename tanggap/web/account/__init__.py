"""What a person decides for themselves: at which addresses they are told."""
