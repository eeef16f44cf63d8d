# Messages of the pages for operators and developers, in English alone.

## Wrong host

wrong-host-title = This server answers under another address
wrong-host-what = The request came for an address that is not the one in the settings. Tokens and links would carry the wrong issuer, so nothing was done.
wrong-host-requested = Requested
wrong-host-expected = Configured
wrong-host-go = Go to the configured address
wrong-host-operator = If you run this server
wrong-host-setting = Where the requested address is the right one, change server.url in config.yaml and restart:
wrong-host-environment = or set the environment variable:
wrong-host-without = Without server.url the server answers under any name that it is reached by.

## Home

home-title = The authorization server is running
home-what = Symbolon issues and checks the tokens by which apps act for people and for themselves.
home-swagger = Swagger UI
home-swagger-what = Try the management API in the browser
home-certificate = Your certificate
home-certificate-what = What the server sees of this connection, and which client it matches
home-discovery = Discovery documents
walk-title = Walk-through: authorization code with a client certificate
walk-warning = This server runs with demo data. Its passwords and secrets are public: keep it on your own machine.
walk-1 = Authorize in the Swagger UI
walk-1-open = Open the Swagger UI,
walk-1-what = press Authorize, enter these under client credentials, press Authorize again, then Close.
walk-2 = Create a client
walk-2-what = Under POST /api/admin/{"{"}tid{"}"}/clients press Try it out, enter { $tenant } as tid, paste this body, and press Execute. The answer is 201.
walk-3 = Sign in and allow
walk-3-open = Open the authorization page.
walk-3-what = Sign in as { $user } with the password { $password } and press Allow. The browser ends at an address that begins with https://example.com/callback: copy the value of code from it.
walk-4 = Redeem the code
walk-4-what = In the folder with key.pem and cert.pem, with the code in the place of CODE. The access token in the answer is bound to the certificate.

## Certificate

certificate-title = The certificate that the server sees
certificate-lead = On this connection, judged as { $workspace } would.
certificate-subject = Subject
certificate-empty = (empty)
certificate-issuer = Issuer
certificate-validity = Valid
certificate-key = Key
certificate-serial = Serial number
certificate-fingerprint = SHA-256
certificate-source = How it came
certificate-source-tls = on this connection, { $version }
certificate-source-resumed = with the resumed session of this connection, { $version }
certificate-source-header = in the header { $name } from the proxy { $proxy }
certificate-chain = Chain
certificate-chain-entry = issued by { $issuer }, valid until { $end }
certificate-chain-none = Nothing was sent with it: the issuer must be known to the workspace.
certificate-none = No certificate was shown on this connection.
certificate-none-what = Browsers show one only when it is installed in them. With curl:
certificate-checks = Checks
certificate-passed = Passed
certificate-failed = Failed
certificate-skipped = Skipped
certificate-clients = Clients that register a certificate
certificate-clients-none = No client of this workspace registers a certificate attribute.
certificate-matches = Matches
certificate-differs = Does not match
certificate-registered = Registered
certificate-seen = Seen
certificate-nothing-of-kind = The certificate has nothing of this kind.
