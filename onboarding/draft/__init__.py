"""What the files of a folder, or the tables of a database, are: found, with how sure, before anything is planned."""
