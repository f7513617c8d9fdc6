"""Speed and memory of reading a large file."""
