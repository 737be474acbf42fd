"""What answers each operation: a service's method. The one table from operations to services."""

from collections.abc import Mapping

from orin_agents.domain.operations import approvals as approval_operations
from orin_agents.domain.operations import artifacts as artifact_operations
from orin_agents.domain.operations import asking as asking_operations
from orin_agents.domain.operations import chats as chat_operations
from orin_agents.domain.operations import crew as crew_operations
from orin_agents.domain.operations import hosts as host_operations
from orin_agents.domain.operations import imports as import_operations
from orin_agents.domain.operations import index as index_operations
from orin_agents.domain.operations import memory as memory_operations
from orin_agents.domain.operations import models as model_operations
from orin_agents.domain.operations import projects as project_operations
from orin_agents.domain.operations import runs as run_operations
from orin_agents.host.api import Binding
from orin_agents.services.approvals import Approvals
from orin_agents.services.artifacts import Artifacts
from orin_agents.services.asking import Asking
from orin_agents.services.conversations import Conversations
from orin_agents.services.crew import Crew
from orin_agents.services.deployments import ModelDeployments
from orin_agents.services.doctor import Doctor
from orin_agents.services.imports import Imports
from orin_agents.services.index import Index
from orin_agents.services.memory import Memory
from orin_agents.services.projects import Projects
from orin_agents.services.runs import Runs
from orin_agents.services.status import Status


def bindings(
    *,
    projects: Projects,
    artifacts: Artifacts,
    approvals: Approvals,
    imports: Imports,
    crew: Crew,
    deployments: ModelDeployments,
    runs: Runs,
    asking: Asking,
    conversations: Conversations,
    index: Index,
    memory: Memory,
    doctor: Doctor,
    status: Status,
) -> Mapping[str, Binding]:
    """The answers by the operation's name."""
    return {
        project_operations.NEW.name: projects.new,
        project_operations.LIST.name: projects.listed,
        project_operations.SHOW.name: projects.show,
        project_operations.TASKS.name: projects.tasks,
        artifact_operations.LIST.name: artifacts.listed,
        artifact_operations.SAVE.name: artifacts.save,
        artifact_operations.SHOW.name: artifacts.show,
        artifact_operations.HISTORY.name: artifacts.history,
        artifact_operations.DIFF.name: artifacts.diff,
        artifact_operations.RESTORE.name: artifacts.restore,
        artifact_operations.LOCK.name: artifacts.lock,
        artifact_operations.MOVE.name: artifacts.move,
        artifact_operations.REMOVE.name: artifacts.remove,
        approval_operations.LIST.name: approvals.listed,
        approval_operations.SHOW.name: approvals.show,
        approval_operations.APPROVE.name: approvals.approve,
        approval_operations.REJECT.name: approvals.reject,
        import_operations.IMPORT.name: imports.run,
        import_operations.LIST.name: imports.listed,
        import_operations.UNDO.name: imports.undo,
        crew_operations.AGENTS.name: crew.list_agents,
        crew_operations.AGENT.name: crew.show_agent,
        crew_operations.ROUTINES.name: crew.list_routines,
        crew_operations.ROUTINE.name: crew.show_routine,
        crew_operations.CREW_GRAPH.name: crew.draw,
        model_operations.LIST.name: deployments.listed,
        model_operations.TEST.name: deployments.test,
        model_operations.ADD.name: deployments.add,
        model_operations.SETUP.name: deployments.set_up,
        memory_operations.SHOW.name: memory.show,
        memory_operations.REMEMBER.name: memory.remember,
        memory_operations.FORGET.name: memory.forget,
        run_operations.START.name: runs.start,
        run_operations.LIST.name: runs.listed,
        run_operations.SHOW.name: runs.show,
        run_operations.CANCEL.name: runs.cancel,
        run_operations.RESUME.name: runs.resume,
        run_operations.RETRY.name: runs.retry,
        run_operations.FILL.name: runs.fill,
        asking_operations.ASK.name: asking.ask,
        chat_operations.LIST.name: conversations.listed,
        chat_operations.SHOW.name: conversations.show,
        chat_operations.REMOVE.name: conversations.remove,
        index_operations.SEARCH.name: index.found,
        index_operations.STATE.name: index.state,
        index_operations.REBUILD.name: index.rebuild,
        host_operations.STATUS.name: status.show,
        host_operations.DOCTOR.name: doctor.check,
    }
