"""Great Expectations: suites made from the contracts, and expectations of our own.

Importing the library takes five to six seconds, so nothing outside this folder and `validation` imports
it, and these two only when something is to be validated.
"""
