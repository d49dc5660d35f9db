"""What happened, kept: the shape of an event, importers, the warehouse and the simulated shop."""
