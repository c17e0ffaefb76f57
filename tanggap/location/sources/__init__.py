"""What witnesses say of where a report is: messages of devices as they came, links for callers, and the estimate of all."""
