import os
import signal
import sys

from tests.cli.conftest import Orin
from tests.house_runs import BRIEF
from tests.running import Running, command_line, until


def test_a_run_is_followed_step_by_step_to_what_it_left_behind(orin: Orin, running: Running) -> None:
    said = orin("run", "morning")
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0] == "Run r1: Morning for home"
    assert lines[1] == f"  ✓ strategist  alignment.memo  → {BRIEF} (version 1)"
    assert lines[2] == "  ✓ critic  audit.risks  → risk_matrix.json (waits for you: approval 1)"
    assert lines[3] == "Run r1 (Morning): needs-you"
    assert f"{running.workspace}/projects/home/{BRIEF}" in lines[5]
    assert lines[-1] == "1 waiting for you: `orin approvals list`"


def test_a_run_as_json_is_one_document(orin: Orin) -> None:
    said = orin("run", "morning", "--json", "-p", "garden")
    assert (said.code, said.json["run"]["state"], len(said.json["steps"])) == (0, "needs-you", 2)
    assert said.json["run"]["project"] == "garden"


def test_a_failed_run_ends_with_1_and_the_way_on(orin: Orin) -> None:
    said = orin("run", "evening")
    assert said.code == 1
    assert "✗ librarian  sync.tags  tags.yaml is broken" in said.out
    assert "Run r1 (Evening): failed: tags.yaml is broken" in said.out
    assert "orin runs resume r1" in said.out


def test_words_are_filled_in_for_a_run_that_went_without(orin: Orin) -> None:
    orin("run", "morning")
    said = orin("run", "--fill", "r1")
    assert (said.code, said.out.splitlines()[0]) == (0, "Run r2: Morning for home")
    for wrong in (("run",), ("run", "morning", "--fill", "r1")):
        assert (orin(*wrong).code, "Name one thing to run" in orin(*wrong).err) == (2, True)


def test_what_a_model_was_told_can_be_looked_at(orin: Orin) -> None:
    orin("run", "morning")
    said = orin("runs", "show", "--prompt", "r1").out
    assert "── alignment.memo · strategist asks qwen (1) ──\n\n[system]\nBe brief. Evil" in said
    assert "[answer]\n{}\n" in said
    assert "9 claims, 2 of them in no source" in said and "memory" in said
    assert "── alignment.memo" not in orin("runs", "show", "r1").out
    orin("run", "evening")
    assert "No model was asked in this run.\n" in orin("runs", "show", "--prompt", "r2").out
    assert orin("runs", "show", "r1", "--prompt", "--json").json["prompts"][0]["messages"][0]["role"] == "system"


def test_an_unknown_thing_to_run(orin: Orin) -> None:
    said = orin("run", "nonsense")
    assert said.code == 3
    assert "orin routines list" in said.err


def test_a_detached_run_is_only_started(orin: Orin) -> None:
    assert orin("run", "midday", "--detach").out == "Run r1 (Midday) is started.\n"
    assert orin("run", "midday", "--detach", "--json").json["id"] == "r2"


def test_runs(orin: Orin) -> None:
    orin("run", "morning")
    assert orin("runs", "list").rows[0][:4] == ["r1", "home", "morning", "needs-you"]
    assert orin("runs", "list", "--json").json[0]["id"] == "r1"
    shown = orin("runs", "show", "r1").out
    assert "  strategist → critic: Look at the plan.\n" in shown
    assert BRIEF in shown
    assert orin("runs", "show", "r1", "--json").json["handoffs"][0]["number"] == 1
    watched = orin("runs", "watch", "r1")
    assert watched.code == 0
    assert "Run r1 (Morning): needs-you" in watched.out
    assert orin("runs", "resume", "r1").out == "Run r1 (Morning): needs-you\n"
    assert orin("runs", "retry", "r1", "--json").json["id"] == "r2"
    assert orin("runs", "show", "r9").code == 3


def test_a_run_that_is_not_named_is_the_newest(orin: Orin) -> None:
    said = orin("runs", "show")
    assert (said.code, "Nothing has run yet." in said.err) == (3, True)
    orin("run", "morning")
    orin("runs", "retry", "r1")
    newest = orin("runs", "list", "--json").json[0]["id"]
    assert orin("runs", "show").out == orin("runs", "show", newest).out
    assert orin("runs", "watch").out == orin("runs", "watch", newest).out


def test_a_cancelled_run_ends_those_who_watch_it(orin: Orin, running: Running) -> None:
    orin("run", "midday", "--detach")
    with command_line(sys.executable, "-m", "orin_agents", "runs", "watch", "r1") as watcher:
        assert watcher.stdout
        assert watcher.stdout.readline() == "Run r1: Midday for home\n"
        assert "planner  progress.review" in watcher.stdout.readline()
        assert "cancelled" in orin("runs", "cancel", "r1").out
        assert "Run r1 (Midday): cancelled" in watcher.stdout.read()
        assert watcher.wait() == 1


def test_ctrl_c_leaves_the_run_going(running: Running) -> None:
    command = [sys.executable, "-u", "-m", "orin_agents", "-w", str(running.workspace), "run", "midday"]
    with command_line(*command) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        assert "planner" in process.stdout.readline()
        until(lambda: running.house.feed.waiting)
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert "The run goes on; follow it again with `orin runs watch r1`." in process.stderr.read()
    assert running.house.runs["r1"].run.state == "running"


def test_a_stopped_host_is_told_to_those_who_watch(running: Running) -> None:
    command = [sys.executable, "-u", "-m", "orin_agents", "-w", str(running.workspace), "run", "midday"]
    with command_line(*command) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        assert "planner" in process.stdout.readline()
        until(lambda: running.house.feed.waiting)
        running.end()
        assert process.wait() == 6
        told = process.stderr.read()
    assert "The host was told to stop." in told
    assert "orin runs watch r1" in told
    assert os.path.exists(running.workspace)
