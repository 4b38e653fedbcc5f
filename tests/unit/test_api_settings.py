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
    assert str(raised.value).startswith("GUIDANCE_API_HOST is not valid: other machines could reach")
    assert "GUIDANCE_API_AUTHENTICATION=on" in str(raised.value)
    assert "GUIDANCE_API_OIDC_ISSUER" in str(raised.value)


@pytest.mark.parametrize("on", ["on", "true", "1"])
def test_with_authentication_any_address_is_taken(on, monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_HOST", "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("GUIDANCE_API_AUTHENTICATION", on)
    assert load_settings().authentication is True


ISSUER = {"AUTHENTICATION": "on", "OIDC_ISSUER": "https://login.example.org/t/v2.0", "OIDC_AUDIENCE": "guidance"}


def test_an_issuer_and_its_audience_are_taken(monkeypatch):
    for name, value in ISSUER.items():
        monkeypatch.setenv(f"GUIDANCE_API_{name}", value)
    assert load_settings().oidc_issuer == ISSUER["OIDC_ISSUER"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"AUTHENTICATION": "off"}, "OIDC_ISSUER does nothing while authentication is off"),
        ({"OIDC_AUDIENCE": None}, "OIDC_ISSUER and GUIDANCE_API_OIDC_AUDIENCE go together"),
        ({"OIDC_ISSUER": None}, "OIDC_ISSUER and GUIDANCE_API_OIDC_AUDIENCE go together"),
        ({"OIDC_ISSUER": None, "OIDC_AUDIENCE": None, "OIDC_SCOPE": "Ask"}, "need GUIDANCE_API_OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://login.example.org"}, "OIDC_ISSUER is not valid: it must be an https address"),
        ({"OIDC_ISSUER": "https://login.example.org/?a=b"}, "it must be an https address"),
        ({"OIDC_ISSUER": "https://user@login.example.org"}, "it must be an https address"),
        ({"OIDC_ISSUER": "https://[login"}, "it must be an https address"),
        ({"OIDC_ISSUER": "file:///etc/passwd"}, "it must be an https address"),
        ({"OIDC_ISSUER": "https://login.example.org/{tenantid}/v2.0"}, "name yours in GUIDANCE_API_OIDC_TENANTS"),
    ],
)
def test_half_an_issuer_is_refused(changes, words, monkeypatch):
    for name, value in (ISSUER | changes).items():
        if value is not None:
            monkeypatch.setenv(f"GUIDANCE_API_{name}", value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert words in str(raised.value)


@pytest.mark.parametrize("origin", ["https://intranet.example.org", "http://localhost:8080", "https://[::1]:8443"])
def test_an_origin_is_scheme_host_and_port(origin, monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_WIDGET_ORIGINS", f'["{origin}"]')
    assert load_settings().widget_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "",
        "intranet.example.org",
        "https://",
        "https://*.example.org",
        "https://intranet.example.org/",
        "https://intranet.example.org:443",
        "https://Intranet.example.org",
        "https://user@intranet.example.org",
        "ftp://intranet.example.org",
        "https://intranet.example.org:port",
        "https://[intranet",
    ],
)
def test_anything_else_is_no_origin(origin, monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_WIDGET_ORIGINS", f'["{origin}"]')
    with pytest.raises(SettingsError, match="is no origin"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("WIDGET_SECRET", "too-short-and-hush"), ("LIMITS_URL", "memcached://:hush@cache"), ("WIDGET_SECRET", "")],
)
def test_a_secret_that_does_not_fit_is_not_repeated(name, value, monkeypatch):
    monkeypatch.setenv(f"GUIDANCE_API_{name}", value)
    with pytest.raises(SettingsError, match=f"GUIDANCE_API_{name} is not valid") as raised:
        load_settings()
    assert "hush" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_secrets_are_not_shown():
    secret = "0123456789abcdef" * 2
    settings = ApiSettings(widget_secret=secret, limits_url="redis://:hush@cache")
    assert secret not in repr(settings)
    assert "hush" not in repr(settings)
    with pytest.raises(ValueError, match="at least 32 bytes") as raised:
        ApiSettings(widget_secret="hush")
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("proxies", ['["proxy.example.org"]', '["10.0.0.1/33"]', '["*"]'])
def test_a_proxy_is_an_address_or_a_network(proxies, monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_TRUSTED_PROXIES", proxies)
    with pytest.raises(SettingsError, match="is neither an IP address nor a network"):
        load_settings()


def test_a_list_that_is_no_json_is_told_without_its_text(monkeypatch):
    monkeypatch.setenv("GUIDANCE_API_TRUSTED_PROXIES", "10.0.0.1")
    with pytest.raises(SettingsError, match="trusted_proxies.* Lists are written in JSON"):
        load_settings()


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
