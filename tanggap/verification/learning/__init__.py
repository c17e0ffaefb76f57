"""What dispositions teach about the weights of the evidence; a coordinator publishes, or does not."""
