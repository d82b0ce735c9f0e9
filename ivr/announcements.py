"""What an agent hears from the star codes, in each language the service speaks."""

from collections.abc import Iterator, Mapping
from enum import StrEnum, auto

from acd.states import NotReadyReason
from ivr.flow.steps import Prompt


class Announcement(StrEnum):
    """The announcements by name."""

    NUMBER = auto()
    PIN = auto()
    WRONG_PIN = auto()
    LOCKED = auto()
    SIGNED_IN = auto()
    SIGNED_IN_ELSEWHERE = auto()
    PHONE_TAKEN = auto()
    SIGNED_OUT = auto()
    NOBODY = auto()
    READY = auto()
    NOT_READY = auto()
    WHICH_REASON = auto()
    UNKNOWN_CODE = auto()
    IN_CALL = auto()
    IN_WRAP_UP = auto()
    UNREACHABLE = auto()
    OVERDUE = auto()
    WRAP_UP_ENDED = auto()
    WRAP_UP_EXTENDED = auto()
    WRAP_UP_AT_MOST = auto()
    NO_WRAP_UP = auto()
    SIGNED_IN_OUTSIDE = auto()
    NO_OUTSIDE = auto()
    OUTSIDE_ASK = auto()
    NOT_ALLOWED = auto()
    CENTRE_NOT_SHUT = auto()
    CENTRE_SHUT = auto()
    PART_SHUT = auto()
    CLOSURE_MENU = auto()
    SPEAK_CLOSURE = auto()
    NOTHING_RECORDED = auto()
    KEEP_CLOSURE = auto()
    NOW_SHUT = auto()
    NOW_OPEN = auto()
    CLOSURE_UNCHANGED = auto()
    PROMPT_NUMBER = auto()
    NO_SUCH_PROMPT = auto()
    PROMPT_NOW = auto()
    SPEAK_PROMPT = auto()
    KEEP_PROMPT = auto()
    PROMPT_KEPT = auto()
    PROMPT_UNCHANGED = auto()
    WHICH_OUTCOME = auto()
    CALL_CLOSED = auto()
    NO_SUCH_OUTCOME = auto()
    NO_CALL_TO_CLOSE = auto()
    RECORDING_PAUSED = auto()
    RECORDING_GOES_ON = auto()
    RECORDING_UNCERTAIN = auto()
    NO_CALL_TO_PAUSE = auto()
    WHICH_NUMBER = auto()
    MAY_NOT_DIAL = auto()
    NUMBER_NOT_ALLOWED = auto()
    LINES_TAKEN = auto()
    OUTSIDE_BUSY = auto()
    OUTSIDE_NO_ANSWER = auto()
    OUTSIDE_DECLINED = auto()
    NOT_REACHED = auto()
    NOBODY_PARKED = auto()
    NOTHING_TO_PICK_UP = auto()


WORDS: Mapping[Announcement, Mapping[str, str]] = {
    Announcement.WHICH_OUTCOME: {
        "en": "Please enter the number of the outcome, then the hash key.",
        "cmn": "请输入处理结果编号，按井号键结束。",
    },
    Announcement.CALL_CLOSED: {"en": "The outcome of the call is noted.", "cmn": "处理结果已记录。"},
    Announcement.NO_SUCH_OUTCOME: {
        "en": "There is no outcome of that number for this call.",
        "cmn": "此通话没有该编号的处理结果。",
    },
    Announcement.NO_CALL_TO_CLOSE: {
        "en": "You have no call whose outcome is open.",
        "cmn": "您没有待登记处理结果的通话。",
    },
    Announcement.RECORDING_PAUSED: {"en": "The recording is paused.", "cmn": "录音已暂停。"},
    Announcement.RECORDING_GOES_ON: {"en": "The recording goes on.", "cmn": "录音继续。"},
    Announcement.RECORDING_UNCERTAIN: {
        "en": "The recording could not be switched. Take it that you are being recorded.",
        "cmn": "录音状态切换失败，通话可能仍在录音。",
    },
    Announcement.NO_CALL_TO_PAUSE: {"en": "You are in no call that is recorded.", "cmn": "您没有正在录音的通话。"},
    Announcement.WHICH_NUMBER: {
        "en": "Please enter the number to call, then the hash key.",
        "cmn": "请输入要拨打的号码，按井号键结束。",
    },
    Announcement.MAY_NOT_DIAL: {"en": "You may not call numbers outside.", "cmn": "您没有拨打外线的权限。"},
    Announcement.NUMBER_NOT_ALLOWED: {"en": "This number may not be called.", "cmn": "该号码不允许拨打。"},
    Announcement.LINES_TAKEN: {
        "en": "All lines are taken. Please try again later.",
        "cmn": "外线全部占用，请稍后再拨。",
    },
    Announcement.OUTSIDE_BUSY: {"en": "The line is busy.", "cmn": "对方正在通话中。"},
    Announcement.OUTSIDE_NO_ANSWER: {"en": "There is no answer.", "cmn": "对方无人接听。"},
    Announcement.OUTSIDE_DECLINED: {"en": "The call was declined.", "cmn": "对方拒绝接听。"},
    Announcement.NOT_REACHED: {"en": "The number cannot be reached.", "cmn": "该号码无法接通。"},
    Announcement.NOBODY_PARKED: {"en": "Nobody is parked there.", "cmn": "该车位没有寄存的来电。"},
    Announcement.NOTHING_TO_PICK_UP: {"en": "There is no call to pick up.", "cmn": "没有可以代接的来电。"},
    Announcement.NUMBER: {
        "en": "Please enter your agent number, then the hash key.",
        "cmn": "请输入您的工号，按井号键结束。",
    },
    Announcement.PIN: {"en": "Please enter your PIN, then the hash key.", "cmn": "请输入您的密码，按井号键结束。"},
    Announcement.WRONG_PIN: {
        "en": "That number and PIN do not match. Please enter your PIN again, then the hash key.",
        "cmn": "工号或密码不正确，请重新输入密码，按井号键结束。",
    },
    Announcement.LOCKED: {
        "en": "Too many wrong PINs. Your sign-in is locked for a while. Please ask your team leader.",
        "cmn": "密码错误次数过多，您的登录已被暂时锁定，请联系班长。",
    },
    Announcement.SIGNED_IN: {"en": "You are signed in and ready.", "cmn": "您已签入，处于就绪状态。"},
    Announcement.SIGNED_IN_ELSEWHERE: {
        "en": "You are signed in at another phone. Please sign out there first.",
        "cmn": "您已在另一部话机上签入，请先在那里签出。",
    },
    Announcement.PHONE_TAKEN: {
        "en": "Somebody else is signed in at this phone.",
        "cmn": "已有其他坐席在这部话机上签入。",
    },
    Announcement.SIGNED_OUT: {"en": "You are signed out.", "cmn": "您已签出。"},
    Announcement.NOBODY: {"en": "Nobody is signed in at this phone.", "cmn": "这部话机上没有坐席签入。"},
    Announcement.READY: {"en": "You are ready.", "cmn": "您已就绪。"},
    Announcement.NOT_READY: {"en": "You are not ready.", "cmn": "您已置忙。"},
    Announcement.WHICH_REASON: {"en": "Please press the key of your reason.", "cmn": "请按键选择置忙原因。"},
    Announcement.IN_CALL: {"en": "You are in a call.", "cmn": "您正在通话中。"},
    Announcement.IN_WRAP_UP: {"en": "You are in wrap-up.", "cmn": "您正在话后处理中。"},
    Announcement.UNREACHABLE: {"en": "Your phone cannot be reached.", "cmn": "无法接通您的话机。"},
    Announcement.OVERDUE: {
        "en": "You are not ready, for longer than is allowed.",
        "cmn": "您已置忙，并且超过了允许的时间。",
    },
    Announcement.WRAP_UP_ENDED: {"en": "Your wrap-up is over.", "cmn": "话后处理已结束。"},
    Announcement.WRAP_UP_EXTENDED: {"en": "Your wrap-up is longer now.", "cmn": "话后处理时间已延长。"},
    Announcement.WRAP_UP_AT_MOST: {
        "en": "Your wrap-up cannot be made any longer.",
        "cmn": "话后处理时间不能再延长了。",
    },
    Announcement.NO_WRAP_UP: {"en": "You are not in wrap-up.", "cmn": "您不在话后处理状态。"},
    Announcement.SIGNED_IN_OUTSIDE: {
        "en": "You are signed in at your outside number, and ready.",
        "cmn": "您已在外部号码上签入，处于就绪状态。",
    },
    Announcement.NO_OUTSIDE: {
        "en": "You cannot sign in at an outside number. Please ask your team leader.",
        "cmn": "您不能在外部号码上签入，请联系班长。",
    },
    Announcement.OUTSIDE_ASK: {
        "en": "A call from your call centre. Press 1 to take it, or 2 to refuse it.",
        "cmn": "呼叫中心来电。接听请按一，拒绝请按二。",
    },
    Announcement.NOT_ALLOWED: {"en": "You are not allowed to do that.", "cmn": "您没有权限进行此项操作。"},
    Announcement.CENTRE_NOT_SHUT: {
        "en": "The call centre is not closed for an emergency.",
        "cmn": "呼叫中心目前没有紧急关闭。",
    },
    Announcement.CENTRE_SHUT: {
        "en": "The call centre is closed for an emergency. Callers hear this.",
        "cmn": "呼叫中心已紧急关闭，来电者会听到以下通知。",
    },
    Announcement.PART_SHUT: {
        "en": "A part of the call centre is closed for an emergency.",
        "cmn": "呼叫中心的一部分业务已紧急关闭。",
    },
    Announcement.CLOSURE_MENU: {
        "en": "To close with a new announcement, press 1. To close with the standing announcement, press 2. "
        "To open again, press 3.",
        "cmn": "录制新通知并关闭，请按一。使用固定通知关闭，请按二。重新开放，请按三。",
    },
    Announcement.SPEAK_CLOSURE: {
        "en": "Please speak your announcement after the tone. Press the hash key when you have finished.",
        "cmn": "请在提示音后录制通知，录完请按井号键。",
    },
    Announcement.NOTHING_RECORDED: {"en": "Nothing was recorded.", "cmn": "没有录到内容。"},
    Announcement.KEEP_CLOSURE: {
        "en": "To keep this announcement and close, press 1. To record it again, press 2. To go back, press star.",
        "cmn": "保存通知并关闭，请按一。重新录制，请按二。返回，请按星号键。",
    },
    Announcement.NOW_SHUT: {"en": "The call centre is closed now.", "cmn": "呼叫中心现已关闭。"},
    Announcement.NOW_OPEN: {"en": "The call centre is open again.", "cmn": "呼叫中心现已重新开放。"},
    Announcement.CLOSURE_UNCHANGED: {"en": "Nothing was changed.", "cmn": "没有进行任何更改。"},
    Announcement.PROMPT_NUMBER: {
        "en": "Please enter the number of the announcement, then the hash key.",
        "cmn": "请输入提示音的编号，按井号键结束。",
    },
    Announcement.NO_SUCH_PROMPT: {"en": "There is no such announcement.", "cmn": "没有这个提示音。"},
    Announcement.PROMPT_NOW: {"en": "This is how it sounds now.", "cmn": "现在的提示音如下。"},
    Announcement.SPEAK_PROMPT: {
        "en": "Please speak the new announcement after the tone, then press the hash key.",
        "cmn": "请在提示音后录制新的内容，按井号键结束。",
    },
    Announcement.KEEP_PROMPT: {
        "en": "To keep it, press 1. To record it again, press 2. To drop it, press 3.",
        "cmn": "保存请按一，重新录制请按二，放弃请按三。",
    },
    Announcement.PROMPT_KEPT: {"en": "It is kept. Callers hear it from now on.", "cmn": "已保存，即刻生效。"},
    Announcement.PROMPT_UNCHANGED: {"en": "Nothing has been changed.", "cmn": "未作任何更改。"},
    Announcement.UNKNOWN_CODE: {"en": "There is no such code.", "cmn": "没有这个代码。"},
}


REASONS: Mapping[str, Mapping[str, str]] = {
    NotReadyReason.MISSED_CALL: {"en": "You missed a call.", "cmn": "原因是未接来电。"},
    NotReadyReason.REFUSED_CALL: {"en": "You refused a call.", "cmn": "原因是拒接来电。"},
    NotReadyReason.SIGNED_IN: {"en": "You have only signed in.", "cmn": "原因是刚刚签入。"},
}
"""Why the system itself made him not ready; the centre's own reasons have their words in centre.yaml."""


def prompt(announcement: Announcement, language: str) -> Prompt:
    """The announcement in that language, in English where it has none."""
    words = WORDS[announcement]
    spoken = language if language in words else "en"
    return Prompt(words[spoken], spoken)


def all_prompts() -> Iterator[Prompt]:
    """Every announcement and reason in every language, to be made before the first call."""
    for words in (*WORDS.values(), *REASONS.values()):
        for language, text in words.items():
            yield Prompt(text, language)
