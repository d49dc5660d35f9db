"""What audiences are chosen by: columns, acts, open carts and contacts of all customers, as memory maps."""
