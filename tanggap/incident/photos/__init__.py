"""Pictures of citizens and crews: judged by their content, stripped of everything but the picture."""
