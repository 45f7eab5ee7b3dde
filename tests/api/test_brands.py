"""Which providers are one service."""

import pytest

from api.brands import Brand, Brands, base_name, parse_brands


@pytest.mark.parametrize(
    ("provider_id", "name", "brand"),
    [
        (8, "Netflix", "netflix"),
        (1796, "Netflix Standard with Ads", "netflix"),
        (99999, "Netflix Basic with Ads", "netflix"),
        (119, "Amazon Prime Video", "amazon-prime-video"),
        (2100, "Amazon Prime Video with Ads", "amazon-prime-video"),
        (2303, "Paramount Plus Premium", "paramount-plus"),
        (99999, "Paramount+ Amazon Channel", "paramount-plus"),
        (99999, "Paramount Plus Apple TV Channel ", "paramount-plus"),
        (99999, "Paramount+ Roku Premium Channel", "paramount-plus"),
        (350, "Apple TV", "apple-tv-plus"),
        (2, "Apple TV Store", "apple-tv-store"),
        (10, "Amazon Video", "amazon-video"),
        (99999, "Disney Plus", "disney-plus"),
        (99999, "MUBI Amazon Channel", "mubi"),
        (99999, "Crunchyroll Amazon Channel with Ads", "crunchyroll"),
        (99999, "Окко", "окко"),
    ],
)
def test_tiers_and_channels_are_of_the_brand_of_their_service(provider_id: int, name: str, brand: str) -> None:
    assert Brands().of(provider_id, name) == brand


@pytest.mark.parametrize(
    "name", ["The Roku Channel", "Criterion Channel", "Foo Free with Ads", "with Ads", "Amazon Channel", "Google Play"]
)
def test_a_name_that_only_looks_like_it_is_left_alone(name: str) -> None:
    assert base_name(name) == name


def test_a_name_without_letters_still_has_a_brand_of_its_own() -> None:
    assert [Brands().of(number, "☆") for number in (7, 8000)] == ["provider-7", "provider-8000"]


def test_a_brand_holds_the_providers_that_are_there_the_main_one_first() -> None:
    there = {1796: "Netflix Standard with Ads", 201: "MUBI Amazon Channel", 8: "Netflix", 1011: "MUBI"}
    assert Brands().among(there) == {
        "netflix": Brand("netflix", "Netflix", (8, 1796)),
        "mubi": Brand("mubi", "MUBI", (1011, 201)),
    }


def test_a_brand_whose_service_itself_is_not_there_bears_its_name() -> None:
    assert Brands().among({201: "MUBI Amazon Channel"}) == {"mubi": Brand("mubi", "MUBI", (201,))}


def test_the_settings_win_over_what_is_built_in() -> None:
    brands = Brands(parse_brands('{"brands": [{"brand": "tier", "name": "The tier", "provider_ids": [1796]}]}'))
    assert brands.among({8: "Netflix", 1796: "Netflix Standard with Ads"}) == {
        "tier": Brand("tier", "The tier", (1796,)),
        "netflix": Brand("netflix", "Netflix", (8,)),
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "truncated"),
        ("[]", "Expected `object`"),
        ('{"brands": [{"brand": "a", "name": "A", "provider_ids": []}]}', "$.brands[0].provider_ids"),
        ('{"brands": [{"brand": "a", "name": "A", "provider_ids": ["8"]}]}', "$.brands[0].provider_ids[0]"),
        ('{"brands": [{"brand": "A b", "name": "A", "provider_ids": [8]}]}', "$.brands[0].brand"),
        ('{"brands": [{"brand": "a", "name": "A", "provider_ids": [8], "x": 1}]}', "unknown field `x`"),
        (
            '{"brands": [{"brand": "a", "name": "A", "provider_ids": [8]}, '
            '{"brand": "b", "name": "B", "provider_ids": [8]}]}',
            "provider 8 in two brands, a and b",
        ),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_the_place_of_its_fault(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault.replace("$", r"\$").replace("[", r"\[").replace(".", r"\.")):
        parse_brands(text)
