"""What login pages and OAuth need, set with boto3: read back exactly, changed as each operation changes, refused as AWS does.

Argument: URL of awsemu.
"""

import requests
from service import BASE, client, refused

CERTIFICATE = "arn:aws:acm:us-east-1:000000000000:certificate/"
PNG = b"\x89PNG\r\n\x1a\n"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"

idp = client()


def same(found, expected):
    """Whether these are the members that there are, but for what the service makes itself."""
    made = {"CreationDate", "LastModifiedDate", "ResponseMetadata"}
    found = {name: value for name, value in found.items() if name not in made}
    assert found == expected, f"\n{found}\n{expected}"


def domains(pool):
    """Prefix and custom domains; what an update leaves out stays."""
    assert idp.describe_user_pool_domain(Domain="nobodys")["DomainDescription"] == {}
    same(idp.create_user_pool_domain(UserPoolId=pool, Domain="shop"), {"ManagedLoginVersion": 1})
    custom = {"UserPoolId": pool, "Domain": "login.example.com"}
    first = {"CertificateArn": CERTIFICATE + "1", "SecurityPolicy": "TLS_V1_2_2021"}
    failover = {"SecondaryRegion": "us-west-2", "PrimaryRoute53HealthCheckId": "check"}
    routing = {"Failover": failover}
    made = idp.create_user_pool_domain(
        **custom, CustomDomainConfig=first, ManagedLoginVersion=2, Routing=routing
    )
    host = made["CloudFrontDomain"]
    same(made, {"ManagedLoginVersion": 2, "CloudFrontDomain": host, "Routing": routing})

    def described(version, certificate):
        found = idp.describe_user_pool_domain(Domain=custom["Domain"])["DomainDescription"]
        for made in ("AWSAccountId", "S3Bucket", "Version"):
            assert found.pop(made), made
        rest = {"CloudFrontDistribution": host, "Status": "ACTIVE", "Routing": routing}
        same(found, {**custom, **rest, "ManagedLoginVersion": version, "CustomDomainConfig": certificate})

    described(2, first)
    idp.update_user_pool_domain(**custom, ManagedLoginVersion=1)
    described(1, first)
    second = {"CertificateArn": CERTIFICATE + "2"}
    idp.update_user_pool_domain(**custom, CustomDomainConfig=second)
    described(1, second)
    shown = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert (shown["Domain"], shown["CustomDomain"]) == ("shop", custom["Domain"]), shown
    invalid = "InvalidParameterException"
    refused(idp.create_user_pool_domain, invalid, UserPoolId=pool, Domain="second")
    refused(idp.create_user_pool_domain, invalid, UserPoolId=pool, Domain="my-cognito")
    refused(idp.update_user_pool_domain, invalid, UserPoolId=pool, Domain="shop", CustomDomainConfig=first)
    refused(idp.delete_user_pool, invalid, UserPoolId=pool)
    idp.update_user_pool_domain(UserPoolId=pool, Domain="shop", ManagedLoginVersion=2)
    refused(idp.update_user_pool, "TierChangeNotAllowedException", UserPoolId=pool, UserPoolTier="LITE")
    idp.delete_user_pool_domain(**custom)
    assert idp.describe_user_pool_domain(Domain=custom["Domain"])["DomainDescription"] == {}


def resource_servers(pool):
    """An update replaces the name and the scopes."""
    which = {"UserPoolId": pool, "Identifier": "https://orders.example.com"}
    scopes = [{"ScopeName": name, "ScopeDescription": name.title()} for name in ("read", "write")]
    made = idp.create_resource_server(**which, Name="Orders", Scopes=scopes)["ResourceServer"]
    same(made, {**which, "Name": "Orders", "Scopes": scopes})
    same(idp.describe_resource_server(**which)["ResourceServer"], made)
    bare = {"UserPoolId": pool, "Identifier": "bare", "Name": "Bare"}
    idp.create_resource_server(**bare)
    same(idp.describe_resource_server(UserPoolId=pool, Identifier="bare")["ResourceServer"], bare)
    listed = idp.list_resource_servers(UserPoolId=pool, MaxResults=1)
    rest = idp.list_resource_servers(UserPoolId=pool, MaxResults=1, NextToken=listed["NextToken"])
    found = [server["Identifier"] for page in (listed, rest) for server in page["ResourceServers"]]
    assert sorted(found) == ["bare", which["Identifier"]] and "NextToken" not in rest, (found, rest)
    idp.update_resource_server(**which, Name="More", Scopes=scopes[:1])
    changed = idp.describe_resource_server(**which)["ResourceServer"]
    same(changed, {**which, "Name": "More", "Scopes": scopes[:1]})
    refused(idp.create_resource_server, "InvalidParameterException", **bare)
    missing = {"UserPoolId": pool, "Identifier": "none"}
    refused(idp.describe_resource_server, "ResourceNotFoundException", **missing)
    idp.delete_resource_server(UserPoolId=pool, Identifier="bare")


def app_clients(pool):
    """The OAuth members: read back as they were set, gone when an update leaves them out, and each error."""
    custom = "https://orders.example.com/read"
    oauth = {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code", "implicit"],
        "AllowedOAuthScopes": ["openid", "email", custom],
        "CallbackURLs": ["https://app.example.com/cb", "http://localhost:3000/cb", "com.example.app://cb"],
        "LogoutURLs": ["https://app.example.com/out"],
        "DefaultRedirectURI": "http://localhost:3000/cb",
        "SupportedIdentityProviders": ["COGNITO"],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
        "AccessTokenValidity": 5,
        "IdTokenValidity": 10,
        "RefreshTokenValidity": 1,
        "ReadAttributes": ["email", "email_verified"],
        "WriteAttributes": ["email"],
        "AuthSessionValidity": 5,
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": False,
        "EnablePropagateAdditionalUserContextData": True,
    }
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName="full", GenerateSecret=True, **oauth)
    made = made["UserPoolClient"]
    which = {"UserPoolId": pool, "ClientId": made["ClientId"]}
    found = idp.describe_user_pool_client(**which)["UserPoolClient"]
    assert found == made, (found, made)
    for name, value in oauth.items():
        order = sorted if name in ("ReadAttributes", "WriteAttributes") else lambda value: value
        assert order(found[name]) == value, (name, found[name])
    # As Terraform does it: an update without the members takes them away.
    idp.update_user_pool_client(**which, ClientName="full")
    bare = idp.describe_user_pool_client(**which)["UserPoolClient"]
    plain = idp.create_user_pool_client(UserPoolId=pool, ClientName="full")["UserPoolClient"]
    gone = {"ClientId", "ClientSecret", "CreationDate", "LastModifiedDate"}
    strip = lambda client: {name: value for name, value in client.items() if name not in gone}
    assert strip(bare) == strip(plain), (bare, plain)
    assert bare["ClientSecret"] == made["ClientSecret"], "the secret stays"
    assert bare["AllowedOAuthFlowsUserPoolClient"] is False, bare
    idp.delete_user_pool_client(UserPoolId=pool, ClientId=plain["ClientId"])

    def check(code, **members):
        members = {"AllowedOAuthFlowsUserPoolClient": True, **members}
        refused(idp.create_user_pool_client, code, UserPoolId=pool, ClientName="bad", **members)
        refused(idp.update_user_pool_client, code, **which, **members)

    code = {"AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"]}
    check("InvalidOAuthFlowException", **{**code, "AllowedOAuthFlows": ["code", "client_credentials"]})
    check("ScopeDoesNotExistException", **{**code, "AllowedOAuthScopes": ["openid", "bare/read"]})
    check("ScopeDoesNotExistException", **{**code, "AllowedOAuthScopes": ["https://orders.example.com/write"]})
    for url in ("http://app.example.com/cb", "/cb", "https://app.example.com/#x", "app.example.com"):
        check("InvalidParameterException", **code, CallbackURLs=[url])
        check("InvalidParameterException", **code, LogoutURLs=[url])
    callbacks = {"CallbackURLs": ["https://app.example.com/cb"]}
    check("InvalidParameterException", **code, **callbacks, DefaultRedirectURI="https://app.example.com/other")
    check("InvalidParameterException", **code, SupportedIdentityProviders=["Nobody"])
    secret = {"UserPoolId": pool, "ClientName": "machine", "AllowedOAuthFlowsUserPoolClient": True}
    machine = {**secret, "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": [custom]}
    refused(idp.create_user_pool_client, "InvalidOAuthFlowException", **machine)
    made = idp.create_user_pool_client(**machine, GenerateSecret=True)["UserPoolClient"]
    assert made["AllowedOAuthFlows"] == ["client_credentials"], made

    kinds = {kind: idp.list_user_pool_clients(UserPoolId=pool, ClientType=kind) for kind in ("REGULAR", "DCR")}
    names = {kind: sorted(c["ClientName"] for c in page["UserPoolClients"]) for kind, page in kinds.items()}
    assert names == {"REGULAR": ["full", "machine"], "DCR": []}, names
    return which


def registration(pool):
    """DcrConfiguration is read back; an update without it keeps it, one with it replaces it."""
    dcr = {
        "EnableStatus": "Enabled",
        "OpenDcrEnabled": True,
        "AuthenticatedGrantTypes": ["code", "client_credentials"],
        "OpenDcrGrantTypes": ["code"],
        "AllowedScopes": ["openid", "https://orders.example.com/read"],
    }
    idp.update_user_pool(UserPoolId=pool, DcrConfiguration=dcr)
    found = idp.describe_user_pool(UserPoolId=pool)["UserPool"]["DcrConfiguration"]
    assert found == dcr, found
    idp.update_user_pool(UserPoolId=pool)
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["DcrConfiguration"] == dcr
    idp.update_user_pool(UserPoolId=pool, DcrConfiguration={"EnableStatus": "Disabled"})
    found = idp.describe_user_pool(UserPoolId=pool)["UserPool"]["DcrConfiguration"]
    assert found == {"EnableStatus": "Disabled"}, found


def terms(client):
    """An update keeps what it leaves out; links are replaced as a whole."""
    links = {"cognito:default": "https://example.com/terms", "cognito:french": "https://example.com/fr"}
    members = {**client, "TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE"}
    made = idp.create_terms(**members, Links=links)["Terms"]
    which = {"UserPoolId": client["UserPoolId"], "TermsId": made["TermsId"]}
    same(made, {**members, "Links": links, "TermsId": made["TermsId"]})
    assert idp.describe_terms(**which)["Terms"] == made
    assert idp.describe_terms_by_client(**client, TermsName="terms-of-use")["Terms"] == made
    refused(idp.create_terms, "TermsExistsException", **members, Links=links)
    idp.update_terms(**which, TermsName="privacy-policy")
    idp.update_terms(**which, Links={"cognito:default": "https://example.org"})
    changed = idp.describe_terms(**which)["Terms"]
    expected = {**members, "TermsName": "privacy-policy", "TermsId": made["TermsId"]}
    same(changed, {**expected, "Links": {"cognito:default": "https://example.org"}})
    listed = idp.list_terms(UserPoolId=client["UserPoolId"])["Terms"]
    assert [terms["TermsId"] for terms in listed] == [made["TermsId"]], listed
    idp.delete_terms(**which)
    refused(idp.describe_terms, "ResourceNotFoundException", **which)


def classic_looks(client):
    """SetUICustomization replaces; a client falls back to the looks of all."""
    pool = {"UserPoolId": client["UserPoolId"]}
    css = ".label-customizable { color: #102030 }"
    made = idp.set_ui_customization(**client, CSS=css, ImageFile=PNG)["UICustomization"]
    assert made["CSS"] == css and made["ImageUrl"] and made["CSSVersion"], made
    assert idp.get_ui_customization(**client)["UICustomization"] == made
    assert idp.get_ui_customization(**pool)["UICustomization"] == {}
    replaced = idp.set_ui_customization(**client, CSS=css)["UICustomization"]
    assert "ImageUrl" not in replaced, replaced
    everyone = idp.set_ui_customization(**pool, CSS=css)["UICustomization"]
    assert everyone["ClientId"] == "ALL", everyone
    sheet = requests.get(f"{BASE}/branding/{client['ClientId']}/1/classic.css", proxies={"http": None}, timeout=10)
    assert sheet.text.endswith(css), sheet.text
    refused(idp.set_ui_customization, "InvalidParameterException", **client, CSS="body { color: red }")
    refused(idp.set_ui_customization, "InvalidParameterException", **client, ImageFile=SVG)


def branding(client):
    """Styles: what was set, what is merged with the defaults, images of 1 MB, and their files."""
    pool = {"UserPoolId": client["UserPoolId"]}
    refused(idp.describe_managed_login_branding_by_client, "ResourceNotFoundException", **client)
    made = idp.create_managed_login_branding(**client, UseCognitoProvidedValues=True)["ManagedLoginBranding"]
    which = {**pool, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    same(made, {**which, "UseCognitoProvidedValues": True, "Assets": []})
    exists = "ManagedLoginBrandingExistsException"
    refused(idp.create_managed_login_branding, exists, **client, UseCognitoProvidedValues=True)
    merged = idp.describe_managed_login_branding(**which, ReturnMergedResources=True)["ManagedLoginBranding"]
    assert set(merged["Settings"]) == {"categories", "componentClasses", "components"}, merged

    settings = {
        "categories": {"global": {"colorSchemeMode": "DARK"}},
        "components": {"form": {"borderRadius": 3.5}, "pageBackground": {"darkMode": {"color": "010203ff"}}},
    }
    large = PNG + bytes(1_000_000 - len(PNG))
    asset = lambda category, extension, data: {
        "Category": category, "ColorMode": "DARK", "Extension": extension, "Bytes": data,
    }
    first, second = asset("PAGE_BACKGROUND", "PNG", large), asset("FORM_LOGO", "SVG", SVG)
    idp.update_managed_login_branding(**which, Settings=settings, Assets=[first])
    idp.update_managed_login_branding(**which, Assets=[second])
    found = idp.describe_managed_login_branding_by_client(**client)["ManagedLoginBranding"]
    rest = {"UseCognitoProvidedValues": False, "Assets": [first, second]}
    same(found, {**which, **rest, "Settings": settings})
    # What comes back with the defaults can be set: consoles and scripts copy styles so.
    merged = idp.describe_managed_login_branding(**which, ReturnMergedResources=True)["ManagedLoginBranding"]
    assert merged["Settings"]["components"]["form"]["borderRadius"] == 3.5, merged["Settings"]
    idp.update_managed_login_branding(**which, Settings=merged["Settings"])

    file = lambda name: requests.get(
        f"{BASE}/branding/{client['ClientId']}/1/{name}", proxies={"http": None}, timeout=10
    )
    assert "--page: #010203ff;" in file("managed.css").text
    logo = file("FORM_LOGO-DARK")
    assert (logo.content, logo.headers["Content-Type"]) == (SVG, "image/svg+xml"), logo.headers
    assert "sandbox" in logo.headers["Content-Security-Policy"], logo.headers
    assert file("PAGE_BACKGROUND-DARK").content == large
    assert file("FORM_LOGO-LIGHT").status_code == 404

    invalid = "InvalidParameterException"
    both = {"UseCognitoProvidedValues": True, "Settings": settings}
    refused(idp.update_managed_login_branding, invalid, **which, **both)
    refused(idp.update_managed_login_branding, invalid, **which, Assets=[asset("FORM_LOGO", "PNG", b"text")])
    script = b"<svg><script>alert(1)</script></svg>"
    refused(idp.update_managed_login_branding, invalid, **which, Assets=[asset("FORM_LOGO", "SVG", script)])
    refused(idp.update_managed_login_branding, invalid, **which, Settings={"components": {"form": 1}})
    more_than_a_request = [asset("FORM_LOGO", "PNG", large), asset("FORM_BACKGROUND", "PNG", large)]
    refused(idp.update_managed_login_branding, "RequestEntityTooLargeException", **which, Assets=more_than_a_request)
    idp.delete_managed_login_branding(**which)
    refused(idp.describe_managed_login_branding, "ResourceNotFoundException", **which)


POOL = idp.create_user_pool(PoolName="login")["UserPool"]["Id"]
domains(POOL)
resource_servers(POOL)
CLIENT = app_clients(POOL)
registration(POOL)
terms(CLIENT)
classic_looks(CLIENT)
branding(CLIENT)
idp.delete_user_pool_domain(UserPoolId=POOL, Domain="shop")
idp.delete_user_pool(UserPoolId=POOL)
