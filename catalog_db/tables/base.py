"""What every table shares: the metadata, naming convention, and the three columns of a citation."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, MetaData, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

TIERS = ("A", "B+", "B", "B-", "C", "U")


def key(name: str, comment: str) -> Column[str]:
    """A text slug that is (part of) the primary key."""
    return Column(name, Text, primary_key=True, comment=comment)


def ref(name: str, target: str, comment: str, *, nullable: bool = False) -> Column[str]:
    """A foreign key to `target`'s key column of the same base name."""
    return Column(name, Text, ForeignKey(target), nullable=nullable, comment=comment)


def ref_key(name: str, target: str, comment: str) -> Column[str]:
    """A foreign key that is part of the primary key."""
    return Column(name, Text, ForeignKey(target), primary_key=True, comment=comment)


def cited(*, in_key: bool = False) -> list[Column[str]]:
    """The citation of a row: source, place in it, evidence tier. All required.

    With `in_key`, source and place are part of the primary key: two statements are two rows.
    """
    source = ref_key if in_key else ref
    place = "Place inside the source: path, table, row or key."
    return [
        source("source_id", "source.source_id", "Where the row was read."),
        Column("locator", Text, nullable=False, primary_key=in_key, comment=place),
        Column("tier", Text, nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
    ]


def one_of(column: str, *values: str) -> CheckConstraint:
    """A CHECK that a text column holds one of the listed words."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({words})", name=column)


def tier_check() -> CheckConstraint:
    """A CHECK that the evidence tier is a known one."""
    return one_of("tier", *TIERS)


def positive(*columns: str) -> list[CheckConstraint]:
    """One CHECK a column: greater than zero (NULL, unknown, passes)."""
    return [CheckConstraint(f"{column} > 0", name=f"{column}_positive") for column in columns]
