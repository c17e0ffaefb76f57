"""Who works when: shifts made from the city's plan, people put into them, coming and going."""
