"""PostgreSQL: the engine, the unit of work, the base of every table, the embedded server."""

from app.db.base import Model, UtcTime
from app.db.embedded import EmbeddedServer, EmbeddedServerFailed
from app.db.engine import DATABASE_ERRORS, Address, Database
from app.db.migrate import ensure_schema, migrate
from app.db.notifications import Notice, Notifications
from app.db.query import Query
from app.db.unit_of_work import EVERY_TENANT, UnitOfWork
from app.db.vector import Vector, written

__all__ = [
    "DATABASE_ERRORS",
    "EVERY_TENANT",
    "Address",
    "Database",
    "EmbeddedServer",
    "EmbeddedServerFailed",
    "Model",
    "Notice",
    "Notifications",
    "Query",
    "UnitOfWork",
    "UtcTime",
    "Vector",
    "ensure_schema",
    "migrate",
    "written",
]
