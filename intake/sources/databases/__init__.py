"""Tables of other people's databases, read by watermark and never written to."""
