"""The customer's address book."""

from __future__ import annotations

from connect.scopes.fields import OPEN, PERSONAL, PSEUDONYMOUS, Date, Id, Text, Texts, Time, shown_by
from connect.scopes.schemas.base import ResourceSchema

contacts_read = shown_by("contacts:read")
contacts_details_read = shown_by("contacts.details:read")


class ContactSchema(ResourceSchema):
    resource = "contact"
    id_prefix = "con"
    scope = "contacts:read"

    id = contacts_read(Id("con"), PSEUDONYMOUS, "Id of the contact")
    display_name = contacts_read(Text(allow_none=True), PERSONAL, "Name of the person or business")
    e164 = contacts_read(Text(allow_none=True), PERSONAL, "First number of the contact in E.164")
    tags = contacts_read(Texts(), OPEN, "Labels that the business gave")
    state = contacts_read(Text(allow_none=True), PSEUDONYMOUS, "State or province")
    created_at = contacts_read(Time(), OPEN, "When the contact was entered")
    updated_at = contacts_read(Time(), OPEN, "When the contact last changed")
    email = contacts_details_read(Text(allow_none=True), PERSONAL, "E-mail address")
    company = contacts_details_read(Text(allow_none=True), PERSONAL, "Company")
    city = contacts_details_read(Text(allow_none=True), PERSONAL, "City")
    postal_code = contacts_details_read(Text(allow_none=True), PERSONAL, "Postal code")
    birthday = contacts_details_read(Date(allow_none=True), PERSONAL, "Date of birth")
