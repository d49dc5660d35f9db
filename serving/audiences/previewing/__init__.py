"""What an audience would be worth, before anybody is written to."""
