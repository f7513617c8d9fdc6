"""A `restock.toml` drafted from what files show and people said. In the order of reading:

- `value_agreement`: whether values bear out what a heading seems to say
- `column_matching`: which delivered column is which of a table's
- `file_recognition`: which table each file is, and one file for each table
- `joined_files`: files that belong together by a key, taken as one
- `company_profile`: what holds for the whole company: currency, location, country, time zone
- `settings_draft`: what is drafted
- `prices_and_costs`: which amount a column holds: of a unit or a line, with or without tax
- `line_arithmetic`, `line_revenue`: net revenue of a line, by the arithmetic between its columns
- `missing_columns`: required columns that a file does not have
- `row_meanings`: which rows are returns, cancelled or totals, by what their texts mean
- `row_selection`: which rows count
- `written_formats`: decimal signs, date formats, texts that mean nothing
- `table_draft`: one `[sources.TABLE]`
- `derived_tables`: tables that are made from another table's file
- `unused_columns`: what columns that nothing uses might mean
- `company_settings`: `[company]` and `[data]`
- `draft_settings`: all of it, from the survey and the answers
- `settings_file`: the text of `restock.toml`
"""
