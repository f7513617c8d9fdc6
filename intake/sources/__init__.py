"""Reading what stands somewhere else.

To be read in this order: `raw` (delivered rows), `stable_file` and `text_encoding` (bytes and text of files),
`csv_records` and `csv_text`, `parquet_file`, `json_file`, `files` (every file that a path names), `arrival` (waiting
for late ones), `databases`, and `workbook` (what people hand in).
"""
