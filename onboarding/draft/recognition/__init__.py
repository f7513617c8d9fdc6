"""What each file is, and which of its columns is which. In the order of reading:

- `value_agreement`: whether values bear out what a heading seems to say
- `column_matching`: which delivered column is which of a table's
- `file_recognition`: which table each file is, and one file for each table
- `products_across`: files with a column for each product
- `joined_files`: files that belong together by a key, taken as one
"""
