"""A made-up company to look at, learn from and test with: ordinary input files from a seeded generator."""

from demo.company import Company, build_company, write_company

__all__ = ["Company", "build_company", "write_company"]
