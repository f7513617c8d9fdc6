"""What lies in a folder or a database: files and tables, their headings, and what their values are.

- `plain_words`: the many ways to write a name as one
- `vocabulary`: names that people and systems give to our tables and columns, a file for each language
- `synonyms`: units, time zones, signs of currencies and other words of all languages
- `headings`: what a heading says of a column, its unit and its currency
- `amount_words`: what a heading says of an amount: tax, discounts, shipping
- `row_words`: what the text of a cell says of its row: sold, cancelled, taken back
- `values`: whether values are numbers, dates, flags or text, and how they are written
- `delivered`: one file, group of files or database table with its headings and values
- `wide_files`: files with a column for each day, week or month
- `sources`: all files of a folder, or all tables of a database
"""
