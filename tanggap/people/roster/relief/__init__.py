"""What a shift that goes tells the shift that comes, and that must be confirmed."""
