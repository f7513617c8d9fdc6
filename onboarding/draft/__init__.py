"""A `restock.toml` drafted from what files show and people said. In the order of reading:

- `recognition/`: what each file is, and which of its columns is which
- `company_profile`: what holds for the whole company: currency, location, country, time zone
- `settings_draft`: what is drafted
- `amounts/`: which amount a column holds; net revenue of a line, by the arithmetic between its columns
- `columns_seen`: why none of a file's columns was taken for a needed one
- `missing_columns`: required columns that a file does not have
- `rows/`: which rows count, and as what
- `written_formats`: decimal signs, date formats, texts that mean nothing
- `wide_tables`: columns of wide files that become rows
- `table_draft`: one `[sources.TABLE]`
- `derived_tables`: tables that are made from another table's file
- `shared_keys`: keys of one table that another does not know
- `unused_columns`: what columns that nothing uses might mean
- `company_settings`: `[company]` and `[data]`
- `draft_settings`: all of it, from the survey and the answers
- `settings_file`: the text of `restock.toml`
"""
