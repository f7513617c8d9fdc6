"""Tables of other people's databases, read by watermark and never written to.

To be read in this order: `engines` (connecting), `values` and `query` (an answer as Arrow batches), `months` (cut
into months), `watermark` (from where the next reading goes on), `faults` (what went wrong, in words), `answer` (one
answer on disk), `cached_months` (what was read before), `source` (all of these as a delivery).
"""
