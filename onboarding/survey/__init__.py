"""What lies in a folder or a database: files and tables, their headings, and what their values are."""
