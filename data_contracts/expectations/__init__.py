"""Great Expectations: suites made from the contracts, and expectations of our own.

To be read in this order: `row_checks` (plain functions of frames), `suite` (a contract as a suite), `validation` (a
suite run on a frame), `screening` (only rules that some row may break are run).

Importing the library takes five to six seconds, so nothing outside `suite` and `validation` imports it, and these
two only when something is to be validated.
"""
