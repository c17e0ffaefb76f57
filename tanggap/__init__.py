"""Tanggap: the open system behind a city's single number for emergencies and civic complaints, 112."""

__version__ = "0.1.0"
