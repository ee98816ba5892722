"""Settings of Cloudinary's side."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from proxy.setting_types import BaseUrl, Name, Seconds, Secret
from proxy.slices import Slice
from proxy.sync.settings.cron import Cron
from proxy.sync.settings.types import Addresses, ClockTime, Code, Schedule, Text


class Fields(Slice):
    """External ids of the structured metadata fields."""

    status: Code = "akeneo_status"
    sku: Code = "akeneo_sku"
    family: Code = "akeneo_family"
    attribute: Code = "akeneo_attribute"
    asset_code: Code | None = None


class StatusValues(Slice):
    """External ids of the options of the status."""

    requires_link: Code = "requires_link"
    linked: Code = "linked"
    requires_unlink: Code = "requires_unlink"

    @model_validator(mode="after")
    def tells_them_apart(self) -> Self:
        if len({self.requires_link, self.linked, self.requires_unlink}) < 3:
            raise ValueError("expected three different values")
        return self


class ValueContext(Slice):
    """Of the value that is written, where the attribute is localizable or scopable."""

    locale: Code | None = None
    channel: Code | None = None


class Webhook(Slice):
    enabled: bool = True
    path: Annotated[str, Field(pattern=r"^/-/events/[A-Za-z0-9_/-]+$")] = "/-/events/cloudinary"
    max_age_seconds: Annotated[float, Field(gt=0, le=86400)] = 7200
    register_url: BaseUrl | None = None  # our public address; with it the trigger is made at start if it is missing


class Retry(Slice):
    schedule: Schedule = Cron.parse("0 10 * * ? *")
    expression: Text = 'metadata.akeneo_status="requires_link"'
    max_results: Annotated[int, Field(ge=1, le=10_000)] = 100
    parallel: bool = True
    max_parallel: Annotated[int, Field(ge=1, le=10)] = 4
    include_unlink: bool = True

    @model_validator(mode="after")
    def closes_its_quotes(self) -> Self:
        if self.expression.replace('\\"', "").count('"') % 2 or self.expression.count("(") != self.expression.count(
            ")"
        ):
            raise ValueError('expression: expected a search expression such as metadata.akeneo_status="requires_link"')
        return self


class Report(Slice):
    """The daily mail; `time` is UTC."""

    recipients: Addresses
    time: ClockTime = time(10)
    report_name: Text = "Retries for failed Akeneo syncs"
    description: str = "These assets were tried again."
    send_empty: bool = False


class ProductInformation(Slice):
    """`fields`: attribute of the PIM's product to the metadata field that takes its value."""

    locale: Code | None = None
    scope: Code | None = None
    fields: Annotated[dict[Code, Code], Field(min_length=1)]


class CloudinarySettings(Slice):
    cloud_name: Code
    api_key: Name
    api_secret: Secret
    base_url: BaseUrl = "https://api.cloudinary.com"
    signature_algorithm: Literal["sha1", "sha256"] = "sha1"
    fields: Fields = Field(default_factory=Fields)
    status_values: StatusValues = Field(default_factory=StatusValues)
    resource_types: Annotated[tuple[Literal["image", "video", "raw"], ...], Field(min_length=1)] = ("image",)
    sku_policy: Literal["reject", "underscore"] = "reject"
    sku_attribute: Code | None = None
    on_sku_change: Literal["keep", "replace"] = "keep"
    value_context: ValueContext = Field(default_factory=ValueContext)
    webhook: Webhook = Field(default_factory=Webhook)
    retry: Retry = Field(default_factory=Retry)
    report: Report | None = None
    product_information: ProductInformation | None = None
    timeout_seconds: Seconds = 30
