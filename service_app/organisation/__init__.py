"""Our own side: legal entity, branches, teams, number series."""
