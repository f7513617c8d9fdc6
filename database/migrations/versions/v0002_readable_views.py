"""Views that people can read.

No table changes. Every upgrade makes the views anew (`database.views`); this version is there so that databases made
without them are upgraded.

Revision: 0002, after 0001.
"""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
