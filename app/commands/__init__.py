"""What `python -m app` can do. What a command needs is imported inside it, so that `--help` answers
at once."""

from app.commands.lasting import serve, worker

__all__ = ["read_command_line", "serve", "worker"]


def read_command_line() -> None:
    """Starts what it asks for, or tells what is wrong with it."""
    from app.commands.parser import cli

    cli(prog_name="python -m app")
