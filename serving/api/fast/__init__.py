"""The requests that a page waits for, answered without FastAPI; its routes are their slow twins."""
