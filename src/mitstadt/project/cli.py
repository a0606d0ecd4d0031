"""The command `mitstadt`, for people who run a city's installation.

Without DJANGO_SETTINGS_MODULE it runs the production settings; `mitstadt run` (behind `make run`) the demo settings.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

DEMO = "mitstadt.project.settings.demo"
PRODUCTION = "mitstadt.project.settings.production"

USAGE = """\
usage: mitstadt <command> [options]

  serve             check the installation, then serve it with gunicorn
  worker            run background jobs and periodic work
  prepare           compile catalogues, migrate the database, collect static files
  migrate           bring the database to this version
  check             check settings, database and file system; --deploy as for production
  import-strategy   import a strategy or a revision from YAML, CSV or XLSX
  export-strategy   write a strategy into a file that import-strategy reads
  import-offers     compare a file with the directory of offers and take it over; --dry-run only compares
  export-offers     write the offers into a file that import-offers reads again
  export            write the public data sets into a folder; --process ID --format flat: one process for other tools
  dsfa              print the data protection impact assessment, or --check that it knows every table
  demo              load the demo city (demo settings only)
  run               everything at once for a demo: prepare, load, serve, work (what `make run` calls)
  manage            any other Django command, for example `mitstadt manage shell`

Each command explains itself with --help.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(USAGE)
        return 0
    command, rest = words[0], words[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", DEMO if command == "run" else PRODUCTION)
    own: dict[str, Callable[[list[str]], int]] = {
        "serve": serve,
        "worker": worker,
        "prepare": prepare,
        "demo": load_demo,
        "run": run,
        "manage": lambda words: django_command(words),
        "check": lambda words: django_command(["check", *words]),
    }
    if command in own:
        return own[command](rest)
    return django_command([command.replace("-", "_"), *rest])


def django_command(words: Sequence[str]) -> int:
    """Run a Django management command."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mitstadt", *words])
    return 0


def prepare(words: list[str]) -> int:
    """Catalogues, migrations, static files: what must be done before serving a new version."""
    argparse.ArgumentParser(prog="mitstadt prepare", description=prepare.__doc__).parse_args(words)
    from .catalogues import compile_all

    compile_all()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)
    call_command("collectstatic", interactive=False, verbosity=0)
    return 0


def load_demo(words: list[str]) -> int:
    """Load the demo city; loading it again changes nothing."""
    argparse.ArgumentParser(prog="mitstadt demo", description=load_demo.__doc__).parse_args(words)
    os.environ["DJANGO_SETTINGS_MODULE"] = DEMO
    import django

    django.setup()
    from .demo import load

    load()
    return 0


def worker(words: list[str]) -> int:
    """Run background jobs until stopped (SIGTERM or Ctrl+C). Refuses to start where the web server would."""
    parser = argparse.ArgumentParser(prog="mitstadt worker", description=worker.__doc__)
    parser.add_argument("--once", action="store_true", help="do what is due now, then stop")
    options = parser.parse_args(words)
    import django

    django.setup()
    from mitstadt.kit.jobs.worker import Worker

    from .checks import refuse_unsafe_start

    refuse_unsafe_start()

    if options.once:
        return 0 if Worker().run_due() >= 0 else 1
    return Worker().run_until_stopped()


def serve(words: list[str]) -> int:
    """Serve the installation. Refuses to start when a deployment check finds an error."""
    parser = argparse.ArgumentParser(prog="mitstadt serve", description=serve.__doc__)
    parser.add_argument("--bind", default="127.0.0.1:8000", help="address and port (default %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default %(default)s)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each process (default %(default)s)")
    options = parser.parse_args(words)
    if os.environ["DJANGO_SETTINGS_MODULE"] != DEMO:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("check", deploy=True, fail_level="ERROR", databases=["default"])
    command = gunicorn_command(options.bind, options.workers, options.threads)
    os.execv(command[0], command)  # noqa: S606  the web server takes this process over


def gunicorn_command(bind: str, workers: int, threads: int) -> list[str]:
    """How the web server is started. Loaded once and forked (`preload`), so that the processes share memory."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp"  # noqa: S108  heartbeat files, without a disk
    command = [sys.executable, "-m", "gunicorn", "mitstadt.project.wsgi:application"]
    command += ["--bind", bind, "--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"]
    command += ["--preload", "--no-control-socket", "--log-level", "warning", "--worker-tmp-dir", memory]
    if log := os.environ.get("MITSTADT_ACCESS_LOG"):
        command += ["--access-logfile", log]
    return command


def run(words: list[str]) -> int:
    """Everything at once for a demo on this machine."""
    from .run import main as run_demo

    return run_demo(words)
