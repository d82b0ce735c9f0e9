"""/openapi.json, made from the endpoints themselves and from the models that check and answer."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from cti.http.endpoints import JSON, Asked, Endpoint, Nothing
from cti.http.errors import ErrorAnswer

REFERENCE = "#/components/schemas/{model}"


class Description:
    """The document of these endpoints, made when it is asked for first: it takes longer than all else of a start."""

    def __init__(self, endpoints: Iterable[Endpoint[Any, Any]]) -> None:
        self._endpoints = tuple(endpoints)

    @cached_property
    def document(self) -> dict[str, Any]:
        """As `document` makes it."""
        return document(self._endpoints)


DESCRIPTION = web.AppKey("openapi", Description)


def document(endpoints: Iterable[Endpoint[Any, Any]]) -> dict[str, Any]:
    """The OpenAPI 3.1 document that describes these endpoints."""
    endpoints = tuple(endpoints)
    taken = {model for endpoint in endpoints for model in (endpoint.query, endpoint.body)} - {Nothing}
    given = {endpoint.answer for endpoint in endpoints if endpoint.answer is not None}
    models = [
        *((model, "validation") for model in taken),
        *((model, "serialization") for model in given | {ErrorAnswer}),
    ]
    references, schemas = models_json_schema(sorted(models, key=_name), ref_template=REFERENCE)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, references, schemas["$defs"])
        for method in endpoint.methods:
            paths.setdefault(endpoint.path, {})[method.lower()] = operation if method != "HEAD" else _head_of(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Call centre", "version": version("callcenter")},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    endpoint: Endpoint[Any, Any], references: Mapping[Any, dict[str, Any]], schemas: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    description = " ".join((endpoint.handle.__doc__ or "").split())
    operation: dict[str, Any] = {
        "operationId": getattr(endpoint.handle, "__name__", endpoint.path),
        "summary": description.partition(". ")[0].rstrip("."),
        "description": description,
        "parameters": [*_in_path(endpoint.path), *_in_query(schemas.get(endpoint.query.__name__, {}))],
        "responses": _responses(endpoint, references),
    }
    if endpoint.body is not Nothing:
        schema = references[endpoint.body, "validation"]
        operation["requestBody"] = {"content": {JSON: {"schema": schema}}}
    if endpoint.open:
        operation["security"] = []
    else:
        operation["x-role"] = endpoint.needs
        if endpoint.permission is not None:
            operation["x-permission"] = endpoint.permission
        operation["description"] = f"{description} Role: {endpoint.needs}."
    return operation


def _head_of(operation: Mapping[str, Any]) -> dict[str, Any]:
    """What HEAD gives where GET is this: the same answers without what is in them (RFC 9110, section 9.3.2)."""
    return {
        **operation,
        "operationId": f"{operation['operationId']}_head",
        "summary": f"{operation['summary']}: the headers alone",
        "description": f"The headers alone of: {operation['description']}",
        "responses": {
            status: {"description": answer["description"]} for status, answer in operation["responses"].items()
        },
    }


def _in_path(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": part}
        | ({"description": part["description"]} if "description" in part else {})
        for name, part in schema.get("properties", {}).items()
    ]


def _responses(endpoint: Endpoint[Any, Any], references: Mapping[Any, dict[str, Any]]) -> dict[str, Any]:
    answer = {"schema": references[endpoint.answer, "serialization"]} if endpoint.answer else {}
    responses: dict[str, Any] = {
        str(status): {"description": HTTPStatus(status).phrase, "content": {endpoint.media: answer}}
        for status in endpoint.statuses
    }
    errors = set(endpoint.errors) | {500}
    if not endpoint.open:
        errors |= {401, 403}
    if not endpoint.early:
        errors.add(503)
    if endpoint.query is not Nothing or endpoint.body is not Nothing:
        errors.add(422)
    for status in sorted(errors - set(endpoint.statuses)):
        schema = references[ErrorAnswer, "serialization"]
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": {JSON: {"schema": schema}}}
    return responses


def _name(entry: tuple[type[BaseModel], str]) -> str:
    return entry[0].__name__


async def show_document(asked: Asked[Nothing, Nothing]) -> web.Response:
    """This description of the API."""
    description = asked.request.app[DESCRIPTION]
    return web.json_response(await asyncio.to_thread(lambda: description.document))  # no call waits for it


ENDPOINTS = (Endpoint("GET", "/openapi.json", show_document, Nothing, Nothing, early=True),)
