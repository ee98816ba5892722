"""What is kept of an entry: its files, and no more of it, whatever else it holds."""

from proxy.addresses.kept import MOST_ASSETS, kept
from proxy.addresses.lookups import DOCUMENTS_BYTES
from proxy.catalogue.entries import Asset, Product
from proxy.catalogue.values import Value, Values, read_values

CODE = "1/2/a/b/12ab_mug.jpg"
HREF = f"https://pim.example.com/api/rest/v1/media-files/{CODE}/download"


def product_with(values: dict[str, object]) -> Product:
    return Product("mug", "u-u-i-d", "mugs", "mug-model", read_values(values))


def value(data: object, **more: object) -> list[dict[str, object]]:
    return [{"locale": None, "scope": None, "data": data, **more}]


def test_files_and_collections_are_kept_and_the_rest_is_named() -> None:
    links = {"download": {"href": HREF}}
    product = product_with(
        {
            "picture": value(CODE, _links=links),
            "packshots": value(["one", "two"]),
            "untyped": value(CODE),
            "text": value("x" * 100_000),
            "prices": value([{"amount": "1", "currency": "EUR"}]),
            "number": value(3),
            "empty": value(None),
        }
    )

    found = kept("products/mug", product)

    assert set(found.values.of) == {"picture", "packshots", "untyped"}
    assert found.others == {"text", "prices", "number"}
    assert (found.family, found.parent) == ("mugs", "mug-model")
    assert (found.names, found.above) == (("products/mug", "products/u-u-i-d"), "product-models/mug-model")
    assert found.weight < 5000


def test_of_an_asset_texts_may_be_links() -> None:
    values = Values(
        {
            "link": (Value("link", None, None, "shelf/badge.png"),),
            "long": (Value("long", None, None, "x" * 5000),),
            "label": (Value("label", None, None, "A mug", type="text"),),
        }
    )

    assert set(kept("assets/a/b", Asset("a", "b", values)).values.of) == {"link"}


def test_the_weight_of_the_largest_entry_is_known() -> None:
    codes = [f"asset_{number}" for number in range(10 * MOST_ASSETS)]

    found = kept("products/mug", product_with({f"c{number}": value(codes) for number in range(10)}))

    several = found.values.of["c1"][0].data
    assert len(several) == MOST_ASSETS
    assert 10 * MOST_ASSETS * 50 < found.weight < DOCUMENTS_BYTES


def test_a_document_by_uuid_tells_its_identifier_among_its_values() -> None:
    values = read_values({"sku": value("Mug", attribute_type="pim_catalog_identifier")})

    found = kept("products/u", Product(None, "U", None, None, values))

    assert found.names == ("products/u", "products/mug")
