"""Leave and sickness: from when to when somebody on the roster is away."""
