import pytest

from api.settings import ApiSettings, load_settings
from assistant.errors import SettingsError


def test_it_listens_on_loopback_unless_told_otherwise(monkeypatch):
    settings = load_settings()
    assert (settings.host, settings.port, settings.max_body_bytes) == ("127.0.0.1", 8000, 65_536)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_loopback_addresses_are_taken(host, monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_HOST", host)
    assert load_settings().host == host


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "10.0.0.4", "192.168.1.5", "guidance.example.org", "", "127.0.0.1.nip.io"],  # noqa: S104
)
def test_any_other_address_is_refused(host, monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_HOST", host)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value) == (
        "GUIDANCE_API_HOST is not valid: authentication is not available yet, so the server only binds to loopback."
    )


def test_a_misspelt_setting_is_refused(monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_PROT", "8001")
    with pytest.raises(SettingsError, match=r"GUIDANCE_API_PROT is not a setting\. .*GUIDANCE_API_PORT"):
        load_settings()


@pytest.mark.parametrize(("name", "value"), [("PORT", "70000"), ("PORT", "http"), ("MAX_BODY_BYTES", "1")])
def test_a_value_out_of_range_is_refused_by_name(name, value, monkeypatch):
    monkeypatch.setenv(f"GUIDANCE_API_{name}", value)
    with pytest.raises(SettingsError, match=f"GUIDANCE_API_{name} is not valid"):
        load_settings()


def test_settings_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        ApiSettings().port = 1
