"""The monthly report: what a city gives its mayor and the press, gathered, compared and put into words."""
