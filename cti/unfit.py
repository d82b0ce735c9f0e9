"""What a model says of a value that does not fit, as people are told it."""

from pydantic import ValidationError


def said(error: ValidationError, whole: str = "body") -> tuple[str, str]:
    """The field of the first fault, empty where it is of no one field; and "field: what was expected", with `whole` for
    a field where our own words name none. Pydantic's name for the kind of error is left out."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field, words = ".".join(map(str, fault["loc"])), fault["msg"].removeprefix("Value error, ")
    return field, words if not field and ": expected" in words else f"{field or whole}: {words}"
