"""The `orin` command. The only place that knows both the shell and the host: `--embedded` joins them."""

import sys


def main() -> None:
    """Run the command line given and exit with its code."""
    from orin_agents.cli.shell import EMBEDDED, run

    arguments = sys.argv[1:]
    if EMBEDDED in arguments:
        from orin_agents.host.embedded import embedded

        sys.exit(embedded(lambda start: run(arguments, start)))
    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
