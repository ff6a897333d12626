"""The commands that go on until somebody ends them."""

from app.commands.outcome import checked_settings, give_up, say, told
from app.kit import garbage
from app.kit.lean import forget_the_search, load_less
from app.kit.threads import give_way_quickly


def serve() -> None:
    """Serve the API and the console, and run jobs unless RUN_WORKER=false.

    Starts the embedded PostgreSQL when DATABASE_URL is unset, and brings the schema up to date.
    SIGTERM or Ctrl-C ends it within ten seconds; whatever was running goes on after the next start.
    """
    _prepare()
    settings = checked_settings()

    from app import web

    try:
        listener = web.listen(settings.server.host, settings.server.port)
    except web.AddressInUse as error:
        give_up(str(error))
    address = web.address_of(listener)

    from app.main import create_app

    def announce() -> None:
        say(f"Console          {address}/\nAPI description  {address}/docs")

    app = create_app(settings)
    forget_the_search()
    with told():
        web.serve(app, listener, on_ready=announce)


def worker() -> None:
    """Run jobs without serving anything: for more machines on one DATABASE_URL."""
    _prepare()
    settings = checked_settings()

    from app.lifespan import run_worker

    forget_the_search()
    with told():
        run_worker(settings)


def _prepare() -> None:
    garbage.hold_off()
    give_way_quickly()
    load_less()
