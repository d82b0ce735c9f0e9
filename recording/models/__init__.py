"""The SQL tables, open to any reporting tool. `migrations/` makes them; a test holds the two equal."""

from sqlalchemy.orm import configure_mappers

from recording.models import mariadb
from recording.models.base import NAME, Base, BigId, UtcDateTime
from recording.models.calls import (
    Call,
    CallMute,
    CallSegment,
    RecordChange,
    RecordCounter,
    RecordedTalk,
    RecordingFile,
    RecordingPauseEntry,
    SurveyAnswer,
)
from recording.models.figures import (
    AgentDay,
    AgentDayTurn,
    AgentHalfHour,
    AgentLastState,
    AgentStateHalfHour,
    AgentTeam,
    CallCount,
    CentreHalfHour,
    FigureRules,
    QueueHalfHour,
)
from recording.models.inputs import (
    CallClosing,
    CostEntry,
    OutcomeCode,
    OutsideScore,
    ShiftAssignment,
    ShiftExceptionEntry,
    ShiftPattern,
    StaffRecord,
)
from recording.models.keeping import (
    ErasedRecording,
    KeptRecording,
    RecordedCall,
    RecordedParty,
    RecordingHold,
    RecordingListening,
    RetentionRun,
)
from recording.models.ledger import CallInProgress, LedgerEvent, LedgerPosition, RejectedLedgerLine
from recording.models.people import AccessToken, AgentAccount, AgentStateEntry, CallerEntry
from recording.models.quality import (
    CalibrationEntry,
    EvaluationEntry,
    EvaluationStep,
    QualityDraw,
    QualityNotice,
    ReviewerAbsence,
    ScoreSheetKept,
)
from recording.models.reports import ReportDelivery, ReportSchedule

__all__ = [
    "NAME",
    "AccessToken",
    "AgentAccount",
    "AgentDay",
    "AgentDayTurn",
    "AgentHalfHour",
    "AgentLastState",
    "AgentStateEntry",
    "AgentStateHalfHour",
    "AgentTeam",
    "Base",
    "BigId",
    "CalibrationEntry",
    "Call",
    "CallClosing",
    "CallCount",
    "CallInProgress",
    "CallMute",
    "CallSegment",
    "CallerEntry",
    "CentreHalfHour",
    "CostEntry",
    "ErasedRecording",
    "EvaluationEntry",
    "EvaluationStep",
    "FigureRules",
    "KeptRecording",
    "LedgerEvent",
    "LedgerPosition",
    "OutcomeCode",
    "OutsideScore",
    "QualityDraw",
    "QualityNotice",
    "QueueHalfHour",
    "RecordChange",
    "RecordCounter",
    "RecordedCall",
    "RecordedParty",
    "RecordedTalk",
    "RecordingFile",
    "RecordingHold",
    "RecordingListening",
    "RecordingPauseEntry",
    "RejectedLedgerLine",
    "ReportDelivery",
    "ReportSchedule",
    "RetentionRun",
    "ReviewerAbsence",
    "ScoreSheetKept",
    "ShiftAssignment",
    "ShiftExceptionEntry",
    "ShiftPattern",
    "StaffRecord",
    "SurveyAnswer",
    "UtcDateTime",
    "mariadb",
]

configure_mappers()  # once where processes are forked from (cti/nursery.py), not at the first query of each
