"""What all eight steps write on: report, incident, assignment and their timeline."""
