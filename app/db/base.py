"""What every table shares: one naming convention, UTC time, nothing loaded behind one's back."""

from sqlalchemy import DateTime, MetaData
from sqlalchemy.orm import DeclarativeBase

UtcTime = DateTime(timezone=True)


class Model(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
