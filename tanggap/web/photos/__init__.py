"""Pictures: taking them from forms, and serving them to those who may see them."""
