"""The parts of the simulated shop: its calendar, catalogue, people, orders and visits."""
