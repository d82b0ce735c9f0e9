"""What callcenter.toml may say of recordings, `[recordings]`: how they are stored, where, and under which keys. What is
done with it is decided in recording/keeping; how long each queue's are kept stands in dialplans/queues.yaml.
"""

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from cti.settings_table import SettingsTable

DaysKept = Annotated[int, Field(ge=1, le=36_500)]

ENDPOINT = r"^https?://[^/\s?#@]+$"


class S3Part(BaseModel):
    """A bucket of an S3-compatible store. `endpoint` is its address where it is not Amazon's; `prefix` goes in front of
    every name, such as "centre1/"; `credentials` is a file of mode 0600 in the form of AWS's own shared credentials
    (section [default]), nothing: whatever the machine gives. `ca` is a file of certificates to be trusted instead of
    the system's. `part_mb` is the size of the parts in which longer files go.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bucket: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$")]
    endpoint: Annotated[str, Field(pattern=ENDPOINT)] | None = None
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "us-east-1"
    prefix: Annotated[str, Field(pattern=r"^$|^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*/$")] = ""
    path_style: bool = True
    credentials: Path | None = None
    ca: Path | None = None
    connect_s: Annotated[float, Field(ge=0.1, le=60)] = 5.0
    read_s: Annotated[float, Field(ge=0.1, le=300)] = 30.0
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    part_mb: Annotated[int, Field(ge=5, le=1024)] = 16

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        for name in ("credentials", "ca"):
            file: Path | None = getattr(self, name)
            if file is not None and not file.is_absolute():
                raise ValueError(f"{name} is {str(file)!r}: expected an absolute path")
        return self


class KeepDays(BaseModel):
    """How many days the recordings of calls are kept that stood in no queue: of callers who met the flow alone, of
    agents who rang each other, of calls that we made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inbound: DaysKept = 180
    internal: DaysKept = 180
    outbound: DaysKept = 180


class RecordingSettings(SettingsTable):
    """How recordings are stored, where, and under which keys.

    `format` is what they are stored as. `store` is where new ones are kept: in the folder of the machine or in the
    bucket of `s3`; older ones are read and deleted where they lie. `folder` is where they lie instead of the state
    folder; it must be there already, so that a file system that is not mounted is not taken for an empty one.
    `pause_s` is how long an agent or a program may pause a recording at most.
    Below `low_mb` of free room on the disk an alarm rises, below `full_mb` it counts as full.
    `keep_days`: how long those of calls of no queue are kept; of each queue it stands in dialplans/queues.yaml.
    `encrypt`: sealed under the current key of the file `keys` (`callcenter recordings keys`).
    """

    EXAMPLE: ClassVar[str] = '{"format": "flac", "encrypt": true}'

    format: Literal["wav", "flac", "opus"] = "flac"
    store: Literal["folder", "s3"] = "folder"
    folder: Path | None = None
    s3: S3Part | None = None
    pause_s: Annotated[float, Field(ge=1, le=86_400)] = 300.0
    low_mb: Annotated[int, Field(ge=1)] = 1024
    full_mb: Annotated[int, Field(ge=1)] = 16
    keep_days: KeepDays = KeepDays()
    encrypt: bool = False
    keys: Path | None = None

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if self.store == "s3" and self.s3 is None:
            raise ValueError("store is s3: expected its bucket in a table [recordings.s3]")
        if self.full_mb >= self.low_mb:
            raise ValueError(f"full_mb is {self.full_mb}: expected less than low_mb, which is {self.low_mb}")
        for name in ("folder", "keys"):
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_absolute():
                raise ValueError(f"{name} is {str(path)!r}: expected an absolute path")
        return self

    def __str__(self) -> str:
        return self.model_dump_json()


RecordingTable = Annotated[RecordingSettings, BeforeValidator(RecordingSettings.parse)]
