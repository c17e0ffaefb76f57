"""The rules of a city as its coordinator changes them: a draft, its check, versions that stay and can be undone."""
