"""The machines' domain: passport, running hours, faults, maintenance, parts."""
