"""The rows that figures are counted from: one call, report, incident or assignment each, kept for days that are over."""
