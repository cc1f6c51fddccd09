"""People who sign in: users, roles, one matrix of permissions, log-in, throttling."""
