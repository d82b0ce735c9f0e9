"""Alembic's entry: migrations run on the connection that `recording.migrations.upgrade` hands over, and on no other."""

from alembic import context

from recording.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
