"""What a city configures: its agencies, categories, districts, places, target times and phrases."""
