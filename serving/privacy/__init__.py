"""What belongs to a person: joining, handing out, hiding and erasing it."""
