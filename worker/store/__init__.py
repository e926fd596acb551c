"""The only SQLAlchemy: tables, migrations, one file per noun."""
