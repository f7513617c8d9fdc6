"""From what is delivered to accepted rows: sources, connectors, mapping, months judged and kept."""
