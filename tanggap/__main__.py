"""`python -m tanggap` is the command line."""

from tanggap.cli import main

main()
