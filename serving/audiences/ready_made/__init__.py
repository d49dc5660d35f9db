"""The ready audiences, by what people have done."""
