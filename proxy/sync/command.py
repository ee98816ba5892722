"""`media-proxy sync ...`: what the commands take. What they do is loaded when they run."""

import argparse

from proxy.sync.flow import Flow


def add_link(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("asset_id", metavar="ASSET_ID", help="Cloudinary's own id of the asset, not its public id")
    parser.add_argument("--sku", required=True, help="of the product")
    parser.add_argument("--family", required=True, metavar="CODE", help="the asset family")
    parser.add_argument("--attribute", required=True, metavar="CODE", help="of the asset, which takes the URL")
    add_dry_run(parser)


def add_unlink(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("asset_id", metavar="ASSET_ID", help="Cloudinary's own id of the asset, not its public id")
    parser.add_argument("--sku", help="of the product, where the asset has several links")
    parser.add_argument("--family", metavar="CODE", help="the asset family, the same")
    add_dry_run(parser)


def add_product_info(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sku", help="of one product; without it all that are linked")
    add_dry_run(parser)


def add_window(parser: argparse.ArgumentParser) -> None:
    """Of the three commands of Bynder, by the connector's names or with dashes."""
    minutes, credential = "--max_updated_time_in_minutes", "--credential_code"
    help_minutes = "how far to look back for changes; more, if the last good run is longer ago"
    parser.add_argument(minutes, dashed(minutes), type=count, default=60, metavar="MINUTES", help=help_minutes)
    parser.add_argument(credential, dashed(credential), default="bynder", metavar="CODE", help="which credentials")
    add_dry_run(parser)


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="print what would be written, and write nothing")


def never(options: argparse.Namespace) -> bool:
    """The lock of the asset is enough."""
    return False


def of_all(options: argparse.Namespace) -> bool:
    return not options.sku


def dashed(option: str) -> str:
    return "--" + option[2:].replace("_", "-")


def count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_080:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number of minutes from 1 to 10080")
    return int(text)


OF_BYNDER = (
    Flow(
        "bynder",
        "import-assets",
        "files of changed assets into products",
        "proxy.sync.bynder.importing:import_assets",
        add_window,
    ),
    Flow(
        "bynder",
        "update-properties",
        "identifiers of products into the assets that they have",
        "proxy.sync.bynder.identifying:update_properties",
        add_window,
    ),
    Flow(
        "bynder",
        "update-mapped-properties",
        "values of products into metaproperties",
        "proxy.sync.bynder.enriching:update_mapped_properties",
        add_window,
    ),
)
ASSET = "3f9c0a7be1d24c58b6a1e07d92f4c811"
LINK = (ASSET, "--sku", "PROD001", "--family", "packshots", "--attribute", "link_packshot")
OF_CLOUDINARY = "proxy.sync.cloudinary.commands"
FLOWS: tuple[Flow, ...] = (
    Flow("", "run", "run the schedule until it is stopped", "proxy.commands.sync_run:run", whole=True),
    Flow("", "status", "last runs, failures, next runs", "proxy.sync.status.shell:status", whole=True),
    Flow("", "report", "send the mail of the day", "proxy.sync.report.flow:report", add_dry_run),
    Flow("cloudinary", "link", "link one asset", f"{OF_CLOUDINARY}:link", add_link, example=LINK, is_alone=never),
    Flow(
        "cloudinary",
        "unlink",
        "delete the asset of the PIM",
        f"{OF_CLOUDINARY}:unlink",
        add_unlink,
        example=(ASSET,),
        is_alone=never,
    ),
    Flow("cloudinary", "retry", "link and unlink what waits for it", f"{OF_CLOUDINARY}:retry", add_dry_run),
    Flow(
        "cloudinary",
        "product-info",
        "write values of products into metadata",
        f"{OF_CLOUDINARY}:product_info",
        add_product_info,
        is_alone=of_all,
    ),
    *OF_BYNDER,
)
