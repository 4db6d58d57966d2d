"""What was said: recordings, voicemails, transcripts."""

from __future__ import annotations

from connect.scopes.fields import (
    CONTENT,
    OPEN,
    PSEUDONYMOUS,
    Boolean,
    Id,
    Integer,
    Objects,
    Text,
    Time,
    shown_by,
)
from connect.scopes.schemas.base import CataloguedSchema, ResourceSchema

recordings_read = shown_by("recordings:read")
recordings_audio_read = shown_by("recordings.audio:read")
voicemail_read = shown_by("voicemail:read")
voicemail_audio_read = shown_by("voicemail.audio:read")
transcripts_read = shown_by("transcripts:read")


class RecordingSchema(ResourceSchema):
    resource = "recording"
    id_prefix = "rec"
    scope = "recordings:read"

    id = recordings_read(Id("rec"), OPEN, "Id of the recording")
    call_id = recordings_read(Id("call"), OPEN, "The call")
    seconds = recordings_read(Integer(), OPEN, "Length in seconds")
    format = recordings_read(Text(), OPEN, "Format of the file, such as wav")
    channels = recordings_read(Integer(), OPEN, "Number of audio channels")
    sha256 = recordings_read(Text(), OPEN, "SHA-256 of the file, in hex")
    expires_at = recordings_read(Time(allow_none=True), OPEN, "When the file will be deleted")
    media = recordings_audio_read(Text(allow_none=True), CONTENT, "Where the audio can be fetched")


class VoicemailSchema(ResourceSchema):
    resource = "voicemail"
    id_prefix = "vm"
    scope = "voicemail:read"

    id = voicemail_read(Id("vm"), OPEN, "Id of the voicemail")
    call_id = voicemail_read(Id("call"), OPEN, "The call")
    seconds = voicemail_read(Integer(), OPEN, "Length in seconds")
    format = voicemail_read(Text(), OPEN, "Format of the file, such as wav")
    channels = voicemail_read(Integer(), OPEN, "Number of audio channels")
    sha256 = voicemail_read(Text(), OPEN, "SHA-256 of the file, in hex")
    expires_at = voicemail_read(Time(allow_none=True), OPEN, "When the file will be deleted")
    heard = voicemail_read(Boolean(allow_none=True), OPEN, "Whether somebody has listened to it")
    media = voicemail_audio_read(Text(allow_none=True), CONTENT, "Where the audio can be fetched")


class SegmentSchema(CataloguedSchema):
    """One stretch of speech in a transcript."""

    speaker = transcripts_read(Text(), PSEUDONYMOUS, "Who speaks: caller or agent")
    start_ms = transcripts_read(Integer(), OPEN, "Milliseconds from the beginning of the recording")
    end_ms = transcripts_read(Integer(), OPEN, "Milliseconds from the beginning of the recording")
    text = transcripts_read(Text(), CONTENT, "What was said")


class TranscriptSchema(ResourceSchema):
    resource = "transcript"
    scope = "transcripts:read"

    call_id = transcripts_read(Id("call"), OPEN, "The call")
    language = transcripts_read(Text(), OPEN, "BCP 47 language tag")
    segments = transcripts_read(Objects(SegmentSchema), CONTENT, "What was said, in order")
