"""What other systems send and want: their formats, read with patience and written exactly."""
