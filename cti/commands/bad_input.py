"""Which errors say that the command line, the settings or a file does not fit. Imported when there is an error only."""

from cti.accounts import AccountsError
from cti.commands.errors import BadInput
from cti.drawing import NothingToDraw
from cti.rehearsal import CannotRehearse
from cti.settings import SettingsError
from ivr.documents import DocumentError
from ivr.rehearsal.moment import MomentError
from recording.database import DatabaseError
from recording.figures.addends.values import AddendsError
from recording.figures.period import PeriodError
from recording.figures.scope import ScopeError
from recording.inputs.costs import SecondCurrency
from recording.inputs.outcomes import KeysTaken
from recording.inputs.sheets import SheetUnfit
from recording.reports.order import OrderError

BAD_INPUT = (
    SettingsError,
    DocumentError,
    AccountsError,
    DatabaseError,
    BadInput,
    NothingToDraw,
    CannotRehearse,
    MomentError,
    SecondCurrency,
    SheetUnfit,
    KeysTaken,
    PeriodError,
    ScopeError,
    OrderError,
    AddendsError,
)
