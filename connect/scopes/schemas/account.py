"""The customer's own things: account, lines, departments, users."""

from __future__ import annotations

from connect.scopes.fields import OPEN, PERSONAL, PSEUDONYMOUS, Boolean, Id, Ids, Text, shown_by
from connect.scopes.schemas.base import ResourceSchema

account_read = shown_by("account:read")
numbers_read = shown_by("numbers:read")
departments_read = shown_by("departments:read")
users_read = shown_by("users:read")
users_contact_read = shown_by("users.contact:read")


class AccountSchema(ResourceSchema):
    resource = "account"
    id_prefix = "acc"
    scope = "account:read"

    id = account_read(Id("acc"), OPEN, "Id of the account")
    name = account_read(Text(), OPEN, "Name of the business")
    timezone = account_read(Text(), OPEN, "IANA time zone of the account, such as Asia/Kolkata")
    region = account_read(Text(), OPEN, "ISO 3166 code of the country, or of its part")


class NumberSchema(ResourceSchema):
    resource = "number"
    id_prefix = "num"
    scope = "numbers:read"

    id = numbers_read(Id("num"), OPEN, "Id of the account's own line")
    e164 = numbers_read(Text(), OPEN, "The line's number in E.164")
    label = numbers_read(Text(), OPEN, "What the business calls this line")
    circle = numbers_read(Text(allow_none=True), OPEN, "Telecom circle in which the line is registered")
    type = numbers_read(Text(), OPEN, "fixed, mobile or toll_free; more may come")
    active = numbers_read(Boolean(), OPEN, "Whether the line takes calls")


class DepartmentSchema(ResourceSchema):
    resource = "department"
    id_prefix = "dep"
    scope = "departments:read"

    id = departments_read(Id("dep"), OPEN, "Id of the department")
    name = departments_read(Text(), OPEN, "Name of the department")
    parent_id = departments_read(Id("dep", allow_none=True), OPEN, "The department above it")


class UserSchema(ResourceSchema):
    resource = "user"
    id_prefix = "usr"
    scope = "users:read"

    id = users_read(Id("usr"), PSEUDONYMOUS, "Id of an agent or of other staff of the business")
    display_name = users_read(Text(), PSEUDONYMOUS, "Name shown to colleagues")
    role = users_read(Text(), OPEN, "agent or supervisor; more may come")
    extension = users_read(Text(allow_none=True), PSEUDONYMOUS, "Internal extension")
    departments = users_read(Ids("dep"), OPEN, "Departments for which this person takes calls")
    email = users_contact_read(Text(allow_none=True), PERSONAL, "E-mail address")
    mobile = users_contact_read(Text(allow_none=True), PERSONAL, "Mobile number in E.164")
