"""From a person and a page to the items that are shown, with a reason each."""
